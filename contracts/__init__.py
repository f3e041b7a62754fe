"""The examination: holds any implementation of a contract against the contract, over HTTP or in process."""

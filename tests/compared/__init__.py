"""Twenty tasks of front-end developers and test writers, tried with this mock, WireMock, Prism and Mockoon."""

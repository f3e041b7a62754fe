"""Does a service speak as its document says? Judged by engines that are not ours."""

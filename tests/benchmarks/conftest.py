"""Nothing here is a test: pytest collects none of these scripts, nor their doctests."""

collect_ignore_glob = ["*"]

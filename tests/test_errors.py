from hub.errors import HubError


def test_an_error_says_what_and_how_to_mend_it() -> None:
    error = HubError("port 9092 is taken", fix="choose another with --port")
    assert str(error) == "port 9092 is taken\nFix: choose another with --port"
    assert str(HubError("no fix known")) == "no fix known"

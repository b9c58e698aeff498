"""The command that serves."""

from typing import Annotated

from cyclopts import Parameter

from tenfold.cli.app import Json, app, example


@app.command(sort_key=8, help_epilogue=example("tenfold serve --port 8080 --collect corrections"))
def serve(
    model: Annotated[str | None, Parameter(help="A run, or a .onnx, .keras or .h5. [default: the shipped one]")] = None,
    /,
    *,
    detector: Annotated[
        str | None, Parameter(help="What finds digits: a page.onnx, or its run. [default: the shipped one]")
    ] = None,
    host: Annotated[str | None, Parameter(help="Address to listen on; 0.0.0.0 for all. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, Parameter(help="Port; 0 takes a free one. [default: 8000]")] = None,
    workers: Annotated[int | None, Parameter(help="Processes, each with the model. [default: 1]")] = None,
    max_mebibytes: Annotated[float | None, Parameter(help="Of a request's body. [default: 16]")] = None,
    max_megapixels: Annotated[float | None, Parameter(help="Of a picture. [default: 50]")] = None,
    max_files: Annotated[int | None, Parameter(help="Pictures in a request. [default: 64]")] = None,
    max_seconds: Annotated[float | None, Parameter(help="For a body to arrive, and to be read. [default: 30]")] = None,
    queue: Annotated[int | None, Parameter(help="Requests that may wait to be read. [default: 64]")] = None,
    api_key: Annotated[str | None, Parameter(help="What /v1 asks for; better as TENFOLD_SERVE_API_KEY.")] = None,
    cors: Annotated[str | None, Parameter(help="Origins, by commas, whose pages may call.")] = None,
    collect: Annotated[str | None, Parameter(help="Folder that gets pictures that people correct.")] = None,
    json: Json = False,
) -> None:
    """Serve an HTTP API and a page to draw on. Each option may stand in the environment: TENFOLD_SERVE_PORT."""
    given = {name: value for name, value in locals().items() if name != "json"}
    from tenfold.cli.actions.serve import serve as run

    run(given, json=json)

"""What runs the code that AG2's agents write: on this machine, in Docker, in Jupyter, or at YepCode."""

import os


class Missing(Exception):
    """Something has to be installed."""


def local_executor(options, folder):
    from autogen.coding import LocalCommandLineCodeExecutor

    return LocalCommandLineCodeExecutor(**{"work_dir": folder, **options})


def docker_executor(options, folder):
    try:
        from autogen.coding import DockerCommandLineCodeExecutor

        return DockerCommandLineCodeExecutor(**{"work_dir": folder, **options})
    except ImportError as error:
        raise Missing('the code executor docker needs: pip install "ag2[docker]<1", and Docker') from error


def jupyter_executor(options, folder):
    try:
        from autogen.coding.jupyter import JupyterCodeExecutor, LocalJupyterServer

        return JupyterCodeExecutor(LocalJupyterServer(log_file=os.path.join(folder, "jupyter.log")), **{"output_dir": options.pop("work_dir", folder), **options})
    except ImportError as error:
        raise Missing('the code executor jupyter needs: pip install "ag2[jupyter-executor]<1"') from error


def cloud_executor(options, _folder):
    try:
        from autogen.coding import YepCodeCodeExecutor

        return YepCodeCodeExecutor(**{key: value for key, value in options.items() if key != "work_dir"})
    except ImportError as error:
        raise Missing('the code executor yepcode needs: pip install "ag2[yepcode]<1"') from error


EXECUTORS = {
    **dict.fromkeys(("LocalCommandLineCodeExecutor", "local", "commandline-local"), local_executor),
    **dict.fromkeys(("DockerCommandLineCodeExecutor", "docker"), docker_executor),
    **dict.fromkeys(("JupyterCodeExecutor", "jupyter"), jupyter_executor),
    **dict.fromkeys(("YepCodeCodeExecutor", "yepcode", "cloud"), cloud_executor),
}


def make_executor(written, folder):
    """{executor: {type, …options}} or {executor: "local", …options}; None where no code is to be run."""
    if not written or not written.get("executor"):
        return None
    executor = written["executor"]
    rest = {key: value for key, value in written.items() if key in ("timeout", "work_dir")}
    options = dict(executor) if isinstance(executor, dict) else {"type": executor, **rest}
    kind = options.pop("type", "")
    if kind not in EXECUTORS:
        raise ValueError(f"unknown code executor {kind!r}; known are {', '.join(EXECUTORS)}")
    if options.get("work_dir"):
        os.makedirs(options["work_dir"], exist_ok=True)
    return EXECUTORS[kind](options, folder)

"""AG2's side of massgen's backend `ag2`: one request on standard input, JSON lines on standard output. Protocol 1.

In:  {protocol, agent_config | group_config, system, messages, tools, work_dir}
Out: hello {protocol, version} · text · reasoning · code {id, status, detail} · tool_call {id, name, arguments}
     · usage {input, output, cost} (running totals) · then one done {reason} or error {kind, message, status, retry_after}
Messages and tools are in the form of OpenAI's chat completions. When standard input closes, all of this ends.
"""

import json
import os
import signal
import sys
import threading

from executors import Missing, make_executor

PROTOCOL = 1
CODE_ROUNDS = 10
INSTALL = 'pip install "ag2[openai]<1"'

# What anything prints goes to standard error: standard output is the protocol's.
OUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
OUT_LOCK = threading.Lock()


def emit(event, **fields):
    with OUT_LOCK:
        OUT.write(json.dumps({"type": event, **fields}) + "\n")
        OUT.flush()


def end_with_parent():
    while os.read(0, 65536):
        pass
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def load_ag2():
    try:
        import autogen
    except ImportError as error:
        try:
            import ag2  # noqa: F401
        except ImportError:
            raise Missing(f"AG2 is not installed for {sys.executable}; install it with: {INSTALL}") from error
        raise Missing(f"the AG2 of {sys.executable} is 1.0 or newer, which has no ConversableAgent; install the classic one with: {INSTALL}") from error
    return autogen


def count_usage(autogen):
    """Every request of every agent counts, also those that choose who speaks next."""
    total = {"input": 0, "output": 0, "cost": 0}
    plain = autogen.OpenAIWrapper.create

    def create(self, **config):
        response = plain(self, **config)
        usage = getattr(response, "usage", None)
        total["input"] += getattr(usage, "prompt_tokens", 0) or 0
        total["output"] += getattr(usage, "completion_tokens", 0) or 0
        total["cost"] += getattr(response, "cost", 0) or 0
        emit("usage", **total)
        return response

    autogen.OpenAIWrapper.create = create


def llm_config(written):
    """A dict, a list of them or {config_list}: all become the last. No cache unless one is asked for."""
    if isinstance(written, list):
        written = {"config_list": written}
    elif "config_list" not in written:
        outer = ("temperature", "top_p", "max_tokens", "cache_seed", "timeout")
        written = {"config_list": [{key: value for key, value in written.items() if key not in outer}], **{key: written[key] for key in outer if key in written}}
    return {"cache_seed": None, "timeout": 300, **written}


class Member:
    """An agent, and the executor that runs the code it writes: never code that somebody else wrote."""

    def __init__(self, autogen, config, default_llm, folder, system=""):
        kind = {"assistant": autogen.AssistantAgent, "conversable": autogen.ConversableAgent}[config.get("type", "assistant")]
        given = {key: config[key] for key in ("system_message", "description") if config.get(key)}
        self.agent = kind(
            name=config.get("name") or "assistant",
            llm_config=llm_config(config.get("llm_config") or default_llm),
            human_input_mode="NEVER",
            code_execution_config=False,
            **given,
        )
        if system:
            self.agent.update_system_message(f"{self.agent.system_message}\n\n{system}".strip())
        self.executor = make_executor(config.get("code_execution_config"), folder)
        self.runs = 0

    def offer(self, tools):
        for tool in tools:
            self.agent.update_tool_signature(tool, is_remove=False)

    def run_code(self, text):
        """What came of the code blocks in the text; None where there are none to run."""
        if self.executor is None:
            return None
        blocks = [block for block in self.executor.code_extractor.extract_code_blocks(text) if block.language.lower() in ("python", "py", "bash", "sh", "shell", "pwsh", "powershell", "javascript")]
        if not blocks:
            return None
        self.runs += 1
        run = {"id": f"{self.agent.name}_{self.runs}"}
        emit("code", **run, status="start", detail="\n\n".join(block.code for block in blocks))
        result = self.executor.execute_code_blocks(blocks)
        outcome = f"exitcode: {result.exit_code}\nCode output: {result.output}"
        emit("code", **run, status="end", detail=outcome)
        return outcome

    def reply(self, messages):
        """One reply of the model: its text and its tool calls."""
        _, said = self.agent.generate_oai_reply(messages=messages)
        if isinstance(said, dict):
            return said.get("content") or "", said.get("tool_calls") or []
        return said or "", []


def plain(text):
    """AG2's own agents are told to end with this word."""
    text = text.rstrip()
    return text[: -len("TERMINATE")].rstrip() if text.endswith("TERMINATE") else text


def finish(text, calls):
    if plain(text):
        emit("text", text=plain(text))
    for place, call in enumerate(calls):
        emit("tool_call", id=call.get("id") or f"call_{place}", name=call["function"]["name"], arguments=call["function"]["arguments"])
    emit("done", reason="tool-calls" if calls else "stop")


def run_single(autogen, request):
    member = Member(autogen, request["agent_config"], {}, request["work_dir"], request["system"])
    member.offer(request["tools"])
    messages = list(request["messages"])
    for rounds in range(CODE_ROUNDS + 1):
        text, calls = member.reply(messages)
        outcome = None if calls or rounds == CODE_ROUNDS else member.run_code(text)
        if outcome is None:
            finish(text, calls)
            return
        emit("reasoning", text=f"{plain(text)}\n\n")
        messages += [{"role": "assistant", "content": text}, {"role": "user", "content": outcome}]


GROUP = "Discuss the message below as a group until it is solved. Where instructions speak of tools to call, that is done for you when you are finished."
USER = "You speak for the person who asked. When the group has solved the request, answer with the single word TERMINATE; else say briefly what is missing."
REPORT = "Above is what your group said. Report its result now"


def text_of(content):
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content or [])


def speaks(member):
    def hook(sender, message, recipient, silent):  # noqa: ARG001
        text = text_of(message if isinstance(message, str) else message.get("content"))
        outcome = member.run_code(text)
        if outcome is not None:
            text = f"{text}\n\n{outcome}"
            message = text if isinstance(message, str) else {**message, "content": text}
        if plain(text):
            emit("reasoning", text=f"{member.agent.name}: {plain(text)}\n\n")
        return message

    member.agent.register_hook("process_message_before_send", hook)


def run_group(autogen, request):
    from autogen.agentchat import initiate_group_chat
    from autogen.agentchat.group.patterns import AutoPattern

    group, folder = request["group_config"], request["work_dir"]
    default = group["llm_config"]
    members = [Member(autogen, config, default, folder) for config in group["agents"]]
    user = Member(autogen, {"type": "conversable", "system_message": USER, "description": "Whom to select when the request is solved.", **(group.get("user_agent") or {}), "name": "User"}, default, folder)
    for member in members:
        speaks(member)
    pattern = {key: value for key, value in (group.get("pattern") or {}).items() if key != "type"}
    first = pattern.pop("initial_agent", None)
    manager = dict(pattern.pop("group_manager_args", None) or {})
    manager["llm_config"] = llm_config(manager.get("llm_config") or default)
    manager["is_termination_msg"] = lambda message: text_of(message.get("content")).rstrip().endswith("TERMINATE") and message.get("name") == "User"
    initial = next((member.agent for member in members if member.agent.name == first), members[0].agent)
    task = "\n\n".join(part for part in [GROUP, request["system"], *(text_of(message.get("content")) for message in request["messages"])] if part)
    chat = AutoPattern(initial_agent=initial, agents=[member.agent for member in members], user_agent=user.agent, group_manager_args=manager, **pattern)
    result, _, _ = initiate_group_chat(pattern=chat, messages=task, max_rounds=group.get("max_rounds") or 20)
    said = [f"{message.get('name') or message.get('role')}: {plain(text_of(message.get('content')))}" for message in result.chat_history[1:]]
    reporter = Member(autogen, {"type": "conversable", "name": "reporter", "system_message": request["system"] or " "}, default, folder)
    reporter.offer(request["tools"])
    how = "by calling exactly one of the tools." if request["tools"] else "as the complete answer, without mention of the group."
    messages = [*request["messages"], {"role": "user", "content": "\n\n".join([*said, f"{REPORT} {how}"])}]
    finish(*reporter.reply(messages))


def fail(error):
    """The status of a refusal may be at one of the causes."""
    status, wait, cause = None, None, error
    while cause is not None and status is None:
        response = getattr(cause, "response", None)
        status = getattr(cause, "status_code", None) or getattr(response, "status_code", None)
        wait = getattr(response, "headers", {}).get("retry-after") if response is not None else None
        cause = cause.__cause__ or cause.__context__
    kind = "missing" if isinstance(error, Missing) else "unreachable" if "Connection" in type(error).__name__ else "failed"
    emit("error", kind=kind, message=str(error) or type(error).__name__, status=status if isinstance(status, int) else None, retry_after=wait)


def main():
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        if request.get("protocol") != PROTOCOL:
            raise Missing(f"this is version {PROTOCOL} of the bridge, massgen speaks {request.get('protocol')}")
        autogen = load_ag2()
        emit("hello", protocol=PROTOCOL, version=autogen.__version__)
        count_usage(autogen)
        (run_group if request.get("group_config") else run_single)(autogen, request)
    except Exception as error:  # noqa: BLE001
        fail(error)


if __name__ == "__main__":
    main()

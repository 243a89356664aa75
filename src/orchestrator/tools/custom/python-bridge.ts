/**
 * One request on stdin, one reply on stdout; what the user's code prints goes to stderr. Files written for the Python
 * MassGen import its result types: where that package is missing, these stand in for them.
 */
export const PYTHON_BRIDGE = String.raw`
import asyncio, contextlib, dataclasses, importlib.util, inspect, json, math, sys, types, typing

real = sys.stdout
sys.stdout = sys.stderr

def stand_in():
    try:
        import massgen.tool._result  # noqa: F401
        return
    except Exception:
        pass
    class Block:
        def __init__(self, data=None, **more):
            self.data = data
            for name, value in more.items():
                setattr(self, name, value)
    class TextContent(Block):
        block_type = "text"
    class ImageContent(Block):
        block_type = "image"
    class AudioContent(Block):
        block_type = "audio"
    class ExecutionResult:
        def __init__(self, output_blocks=None, meta_info=None, is_streaming=False, is_final=True, is_log=False, was_interrupted=False, result_id=None, **more):
            self.output_blocks = output_blocks or []
            self.is_log = is_log
    def context_params(*names):
        def mark(function):
            function.__context_params__ = set(names)
            return function
        return mark
    for name in ("massgen", "massgen.tool", "massgen.tool._result", "massgen.tool._decorators"):
        module = types.ModuleType(name)
        module.__path__ = []
        for each in (TextContent, ImageContent, AudioContent, ExecutionResult):
            setattr(module, each.__name__, each)
        module.context_params = context_params
        sys.modules[name] = module

def load(path):
    stand_in()
    spec = importlib.util.spec_from_file_location("massgen_custom_tool", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["massgen_custom_tool"] = module
    spec.loader.exec_module(module)
    return module

KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object", type(None): "null"}

def schema(hint):
    if hint in KINDS:
        return {"type": KINDS[hint]}
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        rest = [each for each in args if each is not type(None)]
        return schema(rest[0]) if len(rest) == 1 else {"anyOf": [schema(each) for each in rest]}
    if origin in (list, set, tuple) or origin is getattr(__import__("collections").abc, "Sequence", None):
        return {"type": "array", **({"items": schema(args[0])} if args else {})}
    if origin is dict:
        return {"type": "object"}
    return {}

HIDDEN = {"messages", "prompt", "agent_id", "backend_name", "backend_type", "model", "current_stage", "agent_cwd", "allowed_paths", "multimodal_config", "task_context"}

def injected(function):
    return set(getattr(function, "__context_params__", ())) | set(getattr(function, "_context_params", ()))

def argument_docs(doc):
    found, inside = {}, False
    for line in doc.splitlines():
        word = line.strip()
        if word.lower() in ("args:", "arguments:", "parameters:"):
            inside = True
        elif inside and ":" in word and line.startswith(" "):
            name, text = word.split(":", 1)
            found[name.split("(")[0].strip()] = text.strip()
        elif inside and word and not line.startswith(" "):
            inside = False
    return found

def describe(function):
    doc = inspect.getdoc(function) or ""
    try:
        hints = typing.get_type_hints(function)
    except Exception:
        hints = {}
    docs, properties, required, more = argument_docs(doc), {}, [], False
    hidden = injected(function)
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            more = more or parameter.kind == parameter.VAR_KEYWORD
            continue
        if name in hidden or name == "self":
            continue
        entry = schema(hints.get(name))
        if name in docs:
            entry["description"] = docs[name]
        properties[name] = entry
        if parameter.default is parameter.empty:
            required.append(name)
    return {"name": function.__name__, "description": doc.split("\n\n")[0], "parameters": {"type": "object", "properties": properties, "required": required, "additionalProperties": more}}

def functions_of(module):
    return [each for name, each in vars(module).items() if inspect.isfunction(each) and each.__module__ == module.__name__ and not name.startswith("_")]

def plain(value):
    if hasattr(value, "output_blocks"):
        return {"output_blocks": [plain(block) for block in value.output_blocks]}
    if hasattr(value, "data") and hasattr(value, "block_type"):
        return {"block_type": value.block_type, "data": value.data, **({"mime_type": value.mime_type} if hasattr(value, "mime_type") else {})}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)

def joined(parts):
    kept = [plain(part) for part in parts if not getattr(part, "is_log", False)]
    if all(isinstance(part, dict) and "output_blocks" in part for part in kept):
        return {"output_blocks": [block for part in kept for block in part["output_blocks"]]}
    return "\n".join(part if isinstance(part, str) else json.dumps(part) for part in kept)

async def call(function, args):
    result = function(**args)
    if inspect.isawaitable(result):
        result = await result
    if inspect.isasyncgen(result):
        return joined([part async for part in result])
    return joined(list(result)) if inspect.isgenerator(result) else plain(result)

def answer(request):
    module = load(request["file"])
    if request["op"] == "describe":
        return {"functions": [describe(each) for each in functions_of(module)]}
    function = getattr(module, request["function"])
    known = inspect.signature(function).parameters
    given = {name: value for name, value in request["context"].items() if name in known and name in injected(function)}
    missing = {name: None for name in injected(function) if name in known and name not in given}
    return {"result": asyncio.run(call(function, {**missing, **given, **request["args"]}))}

request = json.loads(sys.stdin.readline())
try:
    reply = answer(request)
except BaseException as error:
    reply = {"error": f"{type(error).__name__}: {error}"}
real.write(json.dumps(reply))
real.flush()
`;

"""ComfyUI's graphs: the node classes there are, what is wrong with a graph, and which picture it asks for."""
from dataclasses import dataclass

CHECKPOINTS = ["sd_xl_base_1.0.safetensors", "v1-5-pruned-emaonly.safetensors"]
SAMPLERS = ["euler", "euler_ancestral", "dpmpp_2m", "dpmpp_sde", "ddim", "uni_pc"]
SCHEDULERS = ["normal", "karras", "exponential", "sgm_uniform", "simple"]
PICTURES = object()  # the choices are the uploaded pictures

# Class -> (inputs, outputs, whether it is an output node). An input is the type of a link in capitals, or of a value:
# (int or float, low, high), str, or a list of choices.
NODES = {
    "CheckpointLoaderSimple": ({"ckpt_name": CHECKPOINTS}, ["MODEL", "CLIP", "VAE"], False),
    "CLIPTextEncode": ({"text": str, "clip": "CLIP"}, ["CONDITIONING"], False),
    "EmptyLatentImage": (
        {"width": (int, 16, 16384), "height": (int, 16, 16384), "batch_size": (int, 1, 4096)},
        ["LATENT"],
        False,
    ),
    "KSampler": (
        {
            "model": "MODEL",
            "seed": (int, 0, 2**64 - 1),
            "steps": (int, 1, 10000),
            "cfg": (float, 0.0, 100.0),
            "sampler_name": SAMPLERS,
            "scheduler": SCHEDULERS,
            "positive": "CONDITIONING",
            "negative": "CONDITIONING",
            "latent_image": "LATENT",
            "denoise": (float, 0.0, 1.0),
        },
        ["LATENT"],
        False,
    ),
    "VAEDecode": ({"samples": "LATENT", "vae": "VAE"}, ["IMAGE"], False),
    "VAEEncode": ({"pixels": "IMAGE", "vae": "VAE"}, ["LATENT"], False),
    "LoadImage": ({"image": PICTURES}, ["IMAGE", "MASK"], False),
    "SaveImage": ({"images": "IMAGE", "filename_prefix": str}, [], True),
    "PreviewImage": ({"images": "IMAGE"}, [], True),
}


def problem(kind, message, details="", **extra):
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def output_nodes(graph):
    return [name for name, node in graph.items() if NODES[node["class_type"]][2]]


def check(graph, pictures):
    """(error, errors by node), (None, {}) for a graph that can run."""
    if not isinstance(graph, dict):
        return problem("no_prompt", "No prompt provided", "No prompt provided"), {}
    for name, node in graph.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str):
            return (
                problem(
                    "invalid_prompt",
                    "Cannot execute because a node is missing the class_type property.",
                    f"Node ID '#{name}'",
                ),
                {},
            )
        if node["class_type"] not in NODES:
            return (
                problem(
                    "invalid_prompt",
                    f"Cannot execute because node {node['class_type']} does not exist.",
                    f"Node ID '#{name}'",
                ),
                {},
            )
    outputs = output_nodes(graph)
    if not outputs:
        return problem("prompt_no_outputs", "Prompt has no outputs"), {}
    errors = {}
    for name, node in graph.items():
        found = node_errors(graph, node, pictures)
        if found:
            errors[name] = {"errors": found, "dependent_outputs": outputs, "class_type": node["class_type"]}
    if errors:
        return problem("prompt_outputs_failed_validation", "Prompt outputs failed validation"), errors
    if any(circular(graph, name, ()) for name in outputs):
        return (
            problem("prompt_outputs_failed_validation", "Prompt outputs failed validation: the graph has a circle"),
            {},
        )
    return None, {}


def node_errors(graph, node, pictures):
    inputs, found = node.get("inputs", {}), []
    for name, kind in NODES[node["class_type"]][0].items():
        if name not in inputs:
            found.append(problem("required_input_missing", "Required input is missing", name, input_name=name))
            continue
        wrong = (
            link_error(graph, name, kind, inputs[name])
            if isinstance(kind, str) or isinstance(inputs[name], list)
            else value_error(name, sorted(pictures) if kind is PICTURES else kind, inputs[name])
        )
        if wrong:
            found.append(wrong)
    return found


def link_error(graph, name, kind, link):
    if (
        not isinstance(link, list)
        or len(link) != 2
        or link[0] not in graph
        or not isinstance(link[1], int)
        or not 0 <= link[1] < len(NODES[graph[link[0]]["class_type"]][1])
    ):
        return problem(
            "bad_linked_input",
            "Bad linked input, must be a length-2 list of [node_id, slot_index]",
            name,
            input_name=name,
            received_value=link,
        )
    given = NODES[graph[link[0]]["class_type"]][1][link[1]]
    if given != kind:
        return problem(
            "return_type_mismatch",
            "Return type mismatch between linked nodes",
            f"{name}, received_type({given}) mismatch input_type({kind})",
            input_name=name,
            received_type=given,
        )
    return None


def value_error(name, kind, value):
    if isinstance(kind, list):
        return (
            None
            if value in kind
            else problem(
                "value_not_in_list",
                "Value not in list",
                f"{name}: '{value}' not in {kind}",
                input_name=name,
                received_value=value,
            )
        )
    if kind is str:
        return (
            None
            if isinstance(value, str)
            else problem(
                "invalid_input_type",
                "Failed to convert an input value to a STRING " "value",
                name,
                input_name=name,
                received_value=value,
            )
        )
    types, low, high = kind
    try:
        value = types(value)  # as it does: "20" is a number to it
    except (TypeError, ValueError, OverflowError):
        return problem(
            "invalid_input_type",
            f"Failed to convert an input value to a {types.__name__.upper()} value",
            name,
            input_name=name,
            received_value=value,
        )
    if value < low:
        return problem("value_smaller_than_min", f"Value {value} smaller than min of {low}", name, input_name=name)
    if value > high:
        return problem("value_bigger_than_max", f"Value {value} bigger than max of {high}", name, input_name=name)
    return None


def circular(graph, name, above):
    if name in above:
        return True
    return any(circular(graph, source, (*above, name)) for _, source in links(graph, name))


def links(graph, name):
    """(input, the node that it comes from) of a node that was checked; inputs that its class has not are passed over."""
    node = graph[name]
    return [
        (one, node["inputs"][one][0]) for one in NODES[node["class_type"]][0] if isinstance(node["inputs"][one], list)
    ]


@dataclass
class Wish:
    text: str = ""
    seed: int = 0
    width: int = 512
    height: int = 512
    count: int = 1
    prefix: str = "ComfyUI_temp"
    folder: str = "temp"


def wish(graph, output):
    """What the picture of an output node shows, by what leads into it."""
    found = Wish()
    if graph[output]["class_type"] == "SaveImage":
        found.prefix, found.folder = graph[output]["inputs"]["filename_prefix"], "output"
    gather(graph, output, found)
    return found


def gather(graph, name, found):
    inputs, kind = graph[name]["inputs"], graph[name]["class_type"]
    if kind == "CLIPTextEncode" and isinstance(inputs["text"], str):
        found.text = inputs["text"]
    if kind == "LoadImage":
        found.text = f"{found.text} after {inputs['image']}"
    if kind == "EmptyLatentImage":
        found.width, found.height, found.count = (int(inputs[one]) for one in ("width", "height", "batch_size"))
    if kind == "KSampler":
        found.seed = int(inputs["seed"])
    for one, source in links(graph, name):
        if one != "negative":  # what must not be seen does not tell what is
            gather(graph, source, found)


def object_info(pictures):
    def told(kind):
        if kind is PICTURES:
            return [sorted(pictures)]
        if isinstance(kind, tuple):
            return [kind[0].__name__.upper(), {"min": kind[1], "max": kind[2]}]
        return ["STRING", {}] if kind is str else [kind]

    return {
        name: {
            "input": {"required": {one: told(kind) for one, kind in inputs.items()}},
            "output": outputs,
            "name": name,
            "output_node": ends,
        }
        for name, (inputs, outputs, ends) in NODES.items()
    }

"""What source text reads of torch that has an underscore in front."""

import ast

import torch
from torch import nn

# Private attributes of torch's objects; those of ours that are called the same are assigned in the class itself.
PRIVATE = {
    name
    for thing in (torch.Tensor, nn.Module(), torch.autograd.Function, torch.UntypedStorage)
    for name in dir(thing)
    if name.startswith("_") and not name.startswith("__")
}


def private_uses(source: str) -> list[str]:
    """What `source` reads of torch that has an underscore in front."""
    tree = ast.parse(source)
    own = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    own |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    own |= {n.target.id for n in ast.walk(tree) if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Attribute):
            names = [ast.unparse(node)]
            if node.attr in PRIVATE - own:
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value]
            if node.value in PRIVATE - own:
                found.append(node.value)
        found += [name for name in names if name.startswith("torch.") and "._" in name and " " not in name]
    return found

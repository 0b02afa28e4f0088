"""Which batches contain which: pure, over keys of any kind."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def circles(edges: Mapping[Key, set[Key]]) -> list[set[Key]]:
    """The sets of nodes that reach each other (strongly connected, more than one node, or one pointing to itself)."""
    order = _finishing_order(edges)
    back: dict[Key, set[Key]] = defaultdict(set)
    for node, targets in edges.items():
        for target in targets:
            back[target].add(node)
    found: list[set[Key]] = []
    done: set[Key] = set()
    for root in reversed(order):
        if root in done:
            continue
        group: set[Key] = set()
        stack = [root]
        done.add(root)
        while stack:
            node = stack.pop()
            group.add(node)
            fresh = back[node] - done
            done |= fresh
            stack.extend(fresh)
        if len(group) > 1 or root in edges.get(root, ()):
            found.append(group)
    return found


def _finishing_order(edges: Mapping[Key, set[Key]]) -> list[Key]:
    order: list[Key] = []
    done: set[Key] = set()
    for root in list(edges):
        stack: list[tuple[Key, bool]] = [(root, False)]
        while stack:
            node, is_left = stack.pop()
            if is_left:
                order.append(node)
            elif node not in done:
                done.add(node)
                stack.append((node, True))
                stack.extend((target, False) for target in edges.get(node, ()) if target not in done)
    return order

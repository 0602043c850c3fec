"""Which names a part of a query can see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from hub.nearest import hint_of_names
from hub.query.errors import AmbiguousColumnError, UnknownColumnError
from hub.query.fields import Field, set_field
from hub.query.places import keep_place, place


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Something in FROM: a table, a sub-query, a common table expression."""

    alias: str
    """Its name in the resolved tree, unique in the whole query."""

    qualifiers: frozenset[str]
    """What may stand before the dot: an alias, ``table`` or ``catalog.table``; lower case."""

    title: str
    """How messages name it."""

    fields: Mapping[str, Field]
    """Column name → field; hidden columns included."""

    visible: Sequence[str]
    """Names that ``*`` stands for, in order."""

    def find(self, identifier: exp.Identifier) -> str | None:
        """Return the column that an identifier names: in any case unless quoted."""
        text = identifier.name
        wanted = text if identifier.args.get("quoted") else text.lower()
        if wanted in self.fields:
            return wanted
        if not identifier.args.get("quoted"):
            return next((name for name in self.fields if name.lower() == wanted), None)
        return next(
            (
                name
                for name, value in self.fields.items()
                if value.column is not None and value.column.original_name == text
            ),
            None,
        )

    def column(self, name: str) -> exp.Column:
        """Return a resolved reference to a column of this relation."""
        node = exp.column(name, table=self.alias, quoted=True)
        set_field(node, self.fields[name])
        return node


@dataclass(kw_only=True)
class Scope:
    """The relations of one SELECT, and the scope of the query around it."""

    relations: list[Relation] = field(default_factory=list)
    outer: "Scope | None" = None

    merged: dict[str, str] = field(default_factory=dict)
    """Columns joined by USING → alias of the relation they are taken from."""

    def outwards(self) -> Iterator["Scope"]:
        """Yield this scope and those around it, from the inside."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def resolve(self, node: exp.Column) -> exp.Column:
        """Return the reference that a column node stands for.

        Raises
        ------
        UnknownColumnError, AmbiguousColumnError
            Say where, and name the nearest columns.
        """
        identifier = node.this
        qualifier = ".".join(part.name for part in node.parts[:-1]).lower()
        for scope in self.outwards():
            found = scope.matches(identifier, qualifier)
            if len(found) > 1:
                names = ", ".join(relation.title for relation, _ in found)
                raise AmbiguousColumnError(
                    f"Column {identifier.name} is in more than one table: {names}.",
                    hint=f"Write {_short(found[0][0])}.{identifier.name}.",
                    where=place(node),
                )
            if found:
                relation, name = found[0]
                column = relation.column(name)
                keep_place(column, node.parts[0])
                return column
        raise self._unknown(node, qualifier)

    def matches(self, identifier: exp.Identifier, qualifier: str) -> list[tuple[Relation, str]]:
        """Return the relations of this scope that have the column, with its name in each."""
        found = []
        for relation in self.relations:
            if qualifier and qualifier not in relation.qualifiers:
                continue
            name = relation.find(identifier)
            if name is None:
                continue
            if not qualifier and self.merged.get(name, relation.alias) != relation.alias:
                continue
            found.append((relation, name))
        return found

    def _unknown(self, node: exp.Column, qualifier: str) -> UnknownColumnError:
        name = node.name
        known = [r for scope in self.outwards() for r in scope.relations]
        chosen = [r for r in known if not qualifier or qualifier in r.qualifiers]
        where = place(node)
        if not chosen:
            names = ", ".join(_short(relation) for relation in known)
            wrong = f"{qualifier} is not a table of this query."
            message = wrong if qualifier else f"There is no column {name}."
            hint = f"Tables here: {names}." if names else "The query has no FROM."
            return UnknownColumnError(message, hint=hint, where=where)
        candidates = sorted({column for relation in chosen for column in relation.fields})
        titles = ", ".join(dict.fromkeys(relation.title for relation in chosen))
        return UnknownColumnError(
            f"There is no column {name} in {titles}.",
            hint=hint_of_names(name, candidates, "columns"),
            where=where,
        )

    def columns(self, qualifier: str = "") -> list[exp.Column]:
        """Return what ``*`` (or ``t.*``) stands for; columns joined by USING once."""
        nodes: list[exp.Column] = []
        for relation in self.relations:
            if qualifier and qualifier.lower() not in relation.qualifiers:
                continue
            nodes.extend(
                relation.column(name)
                for name in relation.visible
                if qualifier or self.merged.get(name, relation.alias) == relation.alias
            )
        return nodes


def _short(relation: Relation) -> str:
    return min(relation.qualifiers, key=len, default=relation.title)

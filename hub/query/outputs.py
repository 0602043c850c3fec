"""The columns that a query gives: their names, and how later clauses name them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from hub.query.errors import SqlSyntaxError
from hub.query.fields import Field
from hub.query.functions import name_and_arguments
from hub.query.places import place
from hub.query.scope import Relation, Scope
from hub.tables.description import ColumnDescription


@dataclass(kw_only=True)
class Output:
    """The columns a query gives: names in the tree, and fields."""

    names: list[str]
    fields: list[Field]


def name_of(identifier: exp.Identifier) -> str:
    """Return the name an identifier stands for: lower case unless quoted; ``""`` is none."""
    if not identifier.name:
        raise SqlSyntaxError("A name is empty.", where=place(identifier))
    return identifier.name if identifier.args.get("quoted") else identifier.name.lower()


def default_name(value: exp.Expr) -> str:
    """Return the name of an output without an alias: its column, its function, or ``value``."""
    while isinstance(value, exp.Paren):
        value = value.this
    if isinstance(value, exp.Column):
        return name_of(value.this)
    known = name_and_arguments(value) if isinstance(value, exp.Func) else None
    return known[0] if known is not None else "value"


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with ``_2`` and so on where one comes again, in any case of letters."""
    seen: set[str] = set()
    made = []
    for name in names:
        candidate, number = name, 1
        while candidate.lower() in seen:
            number += 1
            candidate = f"{name}_{number}"
        seen.add(candidate.lower())
        made.append(candidate)
    return made


def renamed(output: Output, alias: exp.Expr | None) -> Output:
    """Return the output under the column names of an alias such as ``t(a, b)``."""
    columns = alias.args.get("columns") if alias is not None else None
    if not columns:
        return output
    if len(columns) > len(output.names):
        raise SqlSyntaxError(
            f"{len(columns)} names for {len(output.names)} columns.", where=place(columns[0])
        )
    names = [name_of(column) for column in columns] + output.names[len(columns) :]
    return Output(names=unique_names(names), fields=output.fields)


def relation_of(alias: str, qualifiers: set[str], title: str, output: Output) -> Relation:
    """Return a query's output as something that FROM can name."""
    fields = {
        name: replace(value, has_aggregate=False)
        for name, value in zip(output.names, output.fields, strict=True)
    }
    return Relation(
        alias=alias,
        qualifiers=frozenset(qualifiers),
        title=title,
        fields=fields,
        visible=output.names,
    )


def table_alias(name: str, columns: Sequence[str]) -> exp.TableAlias:
    """Return an alias that names the columns too."""
    return exp.TableAlias(
        this=exp.to_identifier(name, quoted=True),
        columns=[exp.to_identifier(column, quoted=True) for column in columns],
    )


def _ordinal(item: exp.Expr) -> int | None:
    if isinstance(item, exp.Literal) and not item.is_string and item.name.isdigit():
        return int(item.name)
    return None


def projection_named(
    item: exp.Expr, projections: Sequence[exp.Expr], scope: Scope
) -> exp.Expr | None:
    """Return the projection that a GROUP BY item names by number or alias."""
    number = _ordinal(item)
    if number is not None:
        if not 1 <= number <= len(projections):
            raise SqlSyntaxError(f"GROUP BY {number}: there are {len(projections)} columns.")
        return projections[number - 1]
    if isinstance(item, exp.Column) and not item.table:
        if any(relation.find(item.this) for relation in scope.relations):
            return None
        name = name_of(item.this)
        return next((p for p in projections if p.alias == name), None)
    return None


def output_named(item: exp.Expr, output: Output) -> str | None:
    """Return the output column that an ORDER BY item names by number or alias."""
    number = _ordinal(item)
    if number is not None:
        if not 1 <= number <= len(output.names):
            raise SqlSyntaxError(f"ORDER BY {number}: there are {len(output.names)} columns.")
        return output.names[number - 1]
    if isinstance(item, exp.Column) and not item.table:
        name = name_of(item.this)
        return name if name in output.names else None
    return None


def check_limits(tree: exp.Query) -> None:
    """Refuse LIMIT and OFFSET of anything but a whole number."""
    for key in ("limit", "offset"):
        clause = tree.args.get(key)
        if clause is None:
            continue
        value = clause.expression if isinstance(clause, exp.Limit | exp.Offset) else None
        number = _ordinal(value) if value is not None else None
        options = clause.args.get("limit_options")
        is_more = clause.args.get("expressions") or (
            options is not None and options.args["percent"]
        )
        if isinstance(clause, exp.Fetch):
            raise SqlSyntaxError("FETCH cannot be used here.", hint="Write LIMIT 10.")
        if number is None or number >= 2**63 or is_more:
            raise SqlSyntaxError(f"{key.upper()} takes a whole number.", where=place(clause))


def description_of(name: str, value: Field) -> ColumnDescription:
    """Return the description of a result's column; statistics of the table no longer hold."""
    if value.column is None:
        return ColumnDescription(name=name, original_name=name, type=value.type)
    source = value.column
    same_name = source.name == name
    return replace(
        source,
        name=name,
        original_name=source.original_name if same_name else name,
        type=value.type,
        vector_length=source.vector_length if value.type == source.type else None,
        original_type=source.original_type if value.type == source.type else "",
        nulls=None,
        nans=None,
        minimum=None,
        maximum=None,
        bytes=None,
    )

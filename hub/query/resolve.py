"""Names and functions of a tree → real, allowed ones, or a helpful error.

The result is a new tree in which every table is a scan or an inline table,
every column is qualified, every output has a name, stars are spelled out, and
every operator is checked and guarded (`hub.query.operators`). Whatever the
resolver does not know is refused: nothing reaches an engine by accident.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
from sqlglot import exp

from hub.query.balance import balanced
from hub.query.conversions import common_type
from hub.query.errors import (
    AmbiguousColumnError,
    SqlSyntaxError,
    TypeMismatchError,
    UnsupportedSqlError,
)
from hub.query.fields import (
    Field,
    field_of,
    field_of_column,
    is_resolved,
    set_field,
)
from hub.query.grouping import check_grouping
from hub.query.operators import require_boolean, resolve_operator
from hub.query.outputs import (
    Output,
    check_limits,
    default_name,
    description_of,
    name_of,
    output_named,
    projection_named,
    relation_of,
    renamed,
    table_alias,
    unique_names,
)
from hub.query.places import place
from hub.query.scope import Relation, Scope
from hub.tables.description import ColumnDescription, TableDescription
from hub.tables.types import is_float, type_name

FindTable = Callable[[str, str | None, str], TableDescription]
"""Catalog, version (null for the default) and table → description; raises `MissingError`."""

_SELECT_PARTS = {
    "expressions",
    "from_",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "joins",
    "distinct",
    "with_",
}
_SET_PARTS = {"this", "expression", "distinct", "with_", "order", "limit", "offset"}
_NOT_VALUES = (exp.Identifier, exp.DataType, exp.Distinct, exp.TableAlias, exp.Var)


@dataclass(frozen=True, kw_only=True)
class ResolvedScan:
    """A table named in the query, and the name that stands for it in the tree."""

    name: str
    table: TableDescription


@dataclass(frozen=True, kw_only=True)
class ResolvedQuery:
    """A tree without unknowns."""

    tree: exp.Query
    columns: tuple[ColumnDescription, ...]
    scans: tuple[ResolvedScan, ...]


@dataclass(kw_only=True)
class _Resolver:
    """State of one resolution: what was found so far."""

    find_table: FindTable
    inline: Mapping[str, pa.Table]
    scans: list[ResolvedScan] = field(default_factory=list)
    aliases: int = 0

    # --- queries

    def query(self, tree: exp.Query, ctes: Mapping[str, Relation], outer: Scope | None) -> Output:
        """Resolve a query in place."""
        ctes = {**ctes, **self._with(tree, ctes, outer)}
        match tree:
            case exp.Select():
                return self._select(tree, ctes, outer)
            case exp.SetOperation():
                return self._set_operation(tree, ctes, outer)
            case exp.Subquery() if isinstance(tree.this, exp.Query) and not tree.alias:
                _allow_only(tree, {"this"}, "A query in parentheses")
                return self.query(tree.this, ctes, outer)
        raise UnsupportedSqlError("Only SELECT can be used here.", where=place(tree))

    def _with(
        self, tree: exp.Query, ctes: Mapping[str, Relation], outer: Scope | None
    ) -> dict[str, Relation]:
        clause = tree.args.get("with_")
        found: dict[str, Relation] = {}
        if clause is None:
            return found
        if clause.args.get("recursive"):
            raise UnsupportedSqlError("WITH RECURSIVE cannot be used here.", where=place(clause))
        for cte in clause.expressions:
            _allow_only(cte, {"this", "alias"}, "WITH")
            name = cte.alias.lower()
            if isinstance(cte.this, exp.Values):
                output = self._values(cte.this)
            else:
                output = self.query(cte.this, {**ctes, **found}, outer)
            output = renamed(output, cte.args["alias"])
            physical = self._new_name("_with")
            cte.set("alias", table_alias(physical, output.names))
            found[name] = relation_of(physical, {name}, cte.alias, output)
        return found

    def _select(
        self, tree: exp.Select, ctes: Mapping[str, Relation], outer: Scope | None
    ) -> Output:
        _allow_only(tree, _SELECT_PARTS, "SELECT")
        scope = Scope(outer=outer)
        self._from(tree, scope, ctes)
        where = tree.args.get("where")
        if where is not None:
            self._condition(where, scope, ctes, "WHERE")
        output = self._projections(tree, scope, ctes)
        group = tree.args.get("group")
        keys = self._group(group, tree, scope, ctes) if group is not None else []
        having = tree.args.get("having")
        if having is not None:
            self._condition(having, scope, ctes, "HAVING", projections=tree.expressions)
        distinct = tree.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            raise UnsupportedSqlError("DISTINCT ON cannot be used here.", where=place(distinct))
        order = tree.args.get("order")
        if order is not None:
            self._order(order, output, lambda node: self._value(node, scope, ctes))
        check_grouping(tree, keys, scope)
        check_limits(tree)
        return output

    def _set_operation(
        self, tree: exp.SetOperation, ctes: Mapping[str, Relation], outer: Scope | None
    ) -> Output:
        _allow_only(tree, _SET_PARTS, type(tree).__name__.upper())
        left = self.query(tree.this, ctes, outer)
        right = self.query(tree.expression, ctes, outer)
        if len(left.names) != len(right.names):
            raise TypeMismatchError(
                f"{type(tree).__name__.upper()} needs the same number of columns on both sides: "
                f"{len(left.names)} and {len(right.names)}.",
                where=place(tree.expression),
            )
        fields = [
            replace(
                a, type=common_type([a.type, b.type], tree), may_be_nan=a.may_be_nan or b.may_be_nan
            )
            for a, b in zip(left.fields, right.fields, strict=True)
        ]
        output = Output(names=left.names, fields=fields)
        order = tree.args.get("order")
        if order is not None:
            self._order(order, output, _only_outputs)
        check_limits(tree)
        return output

    # --- FROM

    def _from(self, tree: exp.Select, scope: Scope, ctes: Mapping[str, Relation]) -> None:
        clause = tree.args.get("from_")
        if clause is None:
            return
        node, relation = self._source(clause.this, ctes, scope.outer)
        clause.set("this", node)
        scope.relations.append(relation)
        for join in tree.args.get("joins") or []:
            self._join(join, scope, ctes)

    def _source(
        self, node: exp.Expr, ctes: Mapping[str, Relation], outer: Scope | None
    ) -> tuple[exp.Expr, Relation]:
        match node:
            case exp.Table():
                return self._table(node, ctes)
            case exp.Subquery():
                _allow_only(node, {"this", "alias"}, "A sub-query in FROM")
                if not isinstance(node.this, exp.Query):
                    raise UnsupportedSqlError(
                        "Joins in parentheses cannot be used here.", where=place(node)
                    )
                output = renamed(self.query(node.this, ctes, outer), node.args.get("alias"))
                inner: exp.Expr = node.this
            case exp.Values():
                _allow_only(node, {"expressions", "alias"}, "VALUES")
                output = renamed(self._values(node), node.args.get("alias"))
                inner = node.copy()
                inner.set("alias", None)
            case _:
                raise UnsupportedSqlError(
                    f"{type(node).__name__.upper()} cannot stand in FROM.", where=place(node)
                )
        alias = self._new_name("_t")
        name = node.alias.lower()
        relation = relation_of(alias, {name} if name else set(), name or "the sub-query", output)
        made: exp.Expr = exp.Subquery(this=inner, alias=table_alias(alias, output.names))
        if isinstance(inner, exp.Values):
            made = exp.Values(expressions=inner.expressions, alias=table_alias(alias, output.names))
        return made, relation

    def _table(self, node: exp.Table, ctes: Mapping[str, Relation]) -> tuple[exp.Expr, Relation]:
        if not isinstance(node.this, exp.Identifier):
            raise UnsupportedSqlError(
                "Functions cannot stand in FROM.",
                hint="Write catalog.table.",
                where=place(node),
            )
        _allow_only(node, {"this", "db", "alias"}, "A table")
        alias_node = node.args.get("alias")
        if alias_node is not None and alias_node.args.get("columns"):
            raise UnsupportedSqlError(
                "Columns of a table cannot be renamed in FROM.", where=place(node)
            )
        alias = self._new_name("_t")
        given = node.alias.lower()
        if not node.args.get("db"):
            known = self._local_table(node, ctes)
            title, fields, visible, physical = known
            qualifiers = {given or node.name.lower()}
        else:
            table = self._find(node)
            scan = ResolvedScan(name=f"_scan_{len(self.scans)}", table=table)
            self.scans.append(scan)
            title, physical = f"{table.catalog}.{table.name}", scan.name
            fields = {column.name: field_of_column(column) for column in table.columns}
            visible = [column.name for column in table.visible_columns]
            written = f"{node.db}.{node.name}".lower()
            qualifiers = {given} if given else {node.name.lower(), written, title}
        relation = Relation(
            alias=alias,
            qualifiers=frozenset(qualifiers),
            title=title,
            fields=fields,
            visible=visible,
        )
        return exp.alias_(exp.to_table(physical), alias, table=True, quoted=True), relation

    def _local_table(
        self, node: exp.Table, ctes: Mapping[str, Relation]
    ) -> tuple[str, Mapping[str, Field], Sequence[str], str]:
        name = node.name.lower()
        if name in ctes:
            relation = ctes[name]
            return relation.title, relation.fields, relation.visible, relation.alias
        if node.name in self.inline:
            schema = self.inline[node.name].schema
            fields = {
                column.name: Field(
                    type=type_name(column.type), may_be_nan=is_float(type_name(column.type))
                )
                for column in schema
            }
            return node.name, fields, list(fields), node.name
        # Names of one part are no tables; the registry knows what is near.
        table = self.find_table(name, None, "main")
        raise SqlSyntaxError(
            f"{node.name} is a catalog; a table needs its name too.",
            hint=f"Write {table.catalog}.{table.name}.",
            where=place(node),
        )

    def _find(self, node: exp.Table) -> TableDescription:
        catalog, at, version = node.db.partition("@")
        if not catalog or (at and not version):
            raise SqlSyntaxError(
                f'"{node.db}" names no catalog and version.',
                hint='Write "catalog@version".table, or catalog.table for the default version.',
                where=place(node),
            )
        if not node.args["db"].args.get("quoted"):
            catalog = catalog.lower()
        name = node.name if node.this.args.get("quoted") else node.name.lower()
        return self.find_table(catalog, version or None, name)

    def _join(self, join: exp.Join, scope: Scope, ctes: Mapping[str, Relation]) -> None:
        _allow_only(join, {"this", "on", "using", "side", "kind"}, "JOIN")
        side, kind = join.side.upper(), join.kind.upper()
        if kind not in {"", "INNER", "OUTER", "CROSS"} or side not in {"", "LEFT", "RIGHT", "FULL"}:
            raise UnsupportedSqlError(f"{side} {kind} JOIN cannot be used here.".lstrip())
        node, relation = self._source(join.this, ctes, scope.outer)
        join.set("this", node)
        using = join.args.get("using")
        if using:
            join.set("on", self._using(using, side, scope, relation))
            join.set("using", None)
        scope.relations.append(relation)
        on = join.args.get("on")
        if on is None:
            if side or kind not in {"", "CROSS"}:
                raise UnsupportedSqlError("A JOIN needs ON or USING.", where=place(join))
            join.set("kind", "CROSS")
            return
        if kind == "CROSS":
            raise UnsupportedSqlError("CROSS JOIN takes no ON.", where=place(on))
        if not is_resolved(on):
            self._condition(join, scope, ctes, "ON", key="on")

    def _using(
        self, using: Sequence[exp.Expr], side: str, scope: Scope, right: Relation
    ) -> exp.Expr:
        if side == "FULL":
            raise UnsupportedSqlError(
                "FULL JOIN with USING cannot be used here.", hint="Write ON a.x = b.x."
            )
        tests = []
        for item in using:
            identifier = item if isinstance(item, exp.Identifier) else item.this
            left_column = scope.resolve(exp.Column(this=identifier.copy()))
            inner = Scope(relations=[right])
            right_column = inner.resolve(exp.Column(this=identifier.copy()))
            tests.append(resolve_operator(exp.EQ(this=left_column, expression=right_column.copy())))
            kept = right_column if side == "RIGHT" else left_column
            scope.merged[left_column.name] = kept.table
        on = tests[0]
        for test in tests[1:]:
            on = resolve_operator(exp.And(this=on, expression=test))
        return on

    def _values(self, node: exp.Values) -> Output:
        rows = node.expressions
        widths = {len(row.expressions) for row in rows if isinstance(row, exp.Tuple)}
        if len(widths) != 1 or not all(isinstance(row, exp.Tuple) for row in rows):
            raise SqlSyntaxError(
                "Rows of VALUES need the same number of values.", where=place(node)
            )
        no_names = Scope()
        for row in rows:
            for value in list(row.expressions):
                self._value(value, no_names, {})
        fields = []
        for column in zip(*(row.expressions for row in rows), strict=True):
            values = [field_of(value) for value in column]
            kind = common_type([value.type for value in values], node)
            fields.append(Field(type=kind, may_be_nan=any(value.may_be_nan for value in values)))
        return Output(names=[f"column_{i + 1}" for i in range(len(fields))], fields=fields)

    # --- clauses

    def _condition(
        self,
        clause: exp.Expr,
        scope: Scope,
        ctes: Mapping[str, Relation],
        title: str,
        *,
        key: str = "this",
        projections: Sequence[exp.Expr] = (),
    ) -> None:
        outputs = {projection.alias: projection.this for projection in projections}
        self._value(clause.args[key], scope, ctes, outputs)
        condition = clause.args[key]
        require_boolean(condition, title)
        if field_of(condition).has_aggregate and title != "HAVING":
            raise UnsupportedSqlError(
                f"{title} cannot hold an aggregate.", hint="Use HAVING.", where=place(condition)
            )
        clause.set(key, balanced(condition))

    def _projections(self, tree: exp.Select, scope: Scope, ctes: Mapping[str, Relation]) -> Output:
        columns: list[exp.Expr] = []
        if not tree.expressions:
            raise SqlSyntaxError("SELECT names no columns.", hint="Write SELECT * for all.")
        for item in list(tree.expressions):
            columns.extend(self._projection(item, scope, ctes))
        names = unique_names([node.alias for node in columns])
        for node, name in zip(columns, names, strict=True):
            node.set("alias", exp.to_identifier(name, quoted=True))
        tree.set("expressions", columns)
        return Output(names=names, fields=[field_of(node) for node in columns])

    def _projection(
        self, item: exp.Expr, scope: Scope, ctes: Mapping[str, Relation]
    ) -> list[exp.Expr]:
        is_star = isinstance(item, exp.Star)
        if is_star or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            return _starred(item, scope)
        alias = item.args.get("alias") if isinstance(item, exp.Alias) else None
        if alias is not None and not isinstance(alias, exp.Identifier):
            raise UnsupportedSqlError("An alias is one name.", where=place(item))
        value = item.this if isinstance(item, exp.Alias) else item
        default = default_name(value)
        holder = exp.Alias(this=value.copy(), alias=exp.to_identifier("x"))
        self._value(holder.this, scope, ctes)
        known = field_of(holder.this)
        if known.type == "null":
            raise TypeMismatchError(
                "A column of bare NULL has no type.", hint="Write CAST(NULL AS double)."
            )
        name = name_of(alias) if alias is not None else default
        holder.set("alias", exp.to_identifier(name, quoted=True))
        if alias is not None and known.column is not None:
            column = replace(known.column, name=name, original_name=alias.name)
            known = replace(known, column=column)
        set_field(holder, known)
        return [holder]

    def _group(
        self, group: exp.Group, tree: exp.Select, scope: Scope, ctes: Mapping[str, Relation]
    ) -> list[exp.Expr]:
        _allow_only(group, {"expressions"}, "GROUP BY")
        projections = list(tree.expressions)
        keys: list[exp.Expr] = []
        for item in list(group.expressions):
            chosen = projection_named(item, projections, scope)
            if chosen is not None:
                keys.append(chosen.this.copy())
                continue
            holder = exp.Paren(this=item.copy())
            self._value(holder.this, scope, ctes)
            keys.append(holder.this)
        for key in keys:
            if field_of(key).has_aggregate:
                raise UnsupportedSqlError("GROUP BY cannot hold an aggregate.", where=place(key))
        group.set("expressions", keys)
        return keys

    def _order(
        self,
        order: exp.Order,
        output: Output,
        resolve: Callable[[exp.Expr], None],
    ) -> None:
        for item in order.expressions:
            is_value = isinstance(item, exp.Ordered) and not isinstance(item.this, exp.Var)
            if not is_value or item.args.get("with_fill"):
                raise UnsupportedSqlError("ORDER BY takes values.", where=place(item))
            name = output_named(item.this, output)
            if name is not None:
                column = exp.column(name, quoted=True)
                set_field(column, output.fields[output.names.index(name)])
                item.set("this", column)
            else:
                resolve(item.this)
            # Nulls come last on every engine, unless the query says otherwise.
            item.set("nulls_first", bool(item.args.get("nulls_first")))

    # --- values

    def _value(
        self,
        root: exp.Expr,
        scope: Scope,
        ctes: Mapping[str, Relation],
        outputs: Mapping[str, exp.Expr] | None = None,
    ) -> None:
        """Resolve an expression in place, from its leaves; it must have a parent."""
        nodes = list(root.walk(prune=_is_query_or_resolved))
        for node in reversed(nodes):
            if is_resolved(node) or isinstance(node, _NOT_VALUES):
                continue
            if isinstance(node, exp.Star) and isinstance(node.parent, exp.Count):
                continue
            if isinstance(node, exp.Query):
                self._sub_query(node, scope, ctes)
                continue
            if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
                node.replace(_column(node, scope, outputs))
                continue
            if isinstance(node, exp.Exists):
                set_field(node, Field(type="boolean"))
                continue
            made = resolve_operator(node)
            if made is not node:
                node.replace(made)

    def _sub_query(self, node: exp.Query, scope: Scope, ctes: Mapping[str, Relation]) -> None:
        output = self.query(node, ctes, scope)
        if isinstance(node.parent, exp.Exists):
            set_field(node, Field(type="boolean"))
            return
        if len(output.names) != 1:
            raise TypeMismatchError(
                f"A sub-query used as a value needs one column, and this has {len(output.names)}.",
                where=place(node),
            )
        set_field(node, replace(output.fields[0], column=None, has_aggregate=False))

    def _new_name(self, prefix: str) -> str:
        self.aliases += 1
        return f"{prefix}{self.aliases}"


def resolve(
    tree: exp.Query, find_table: FindTable, *, inline: Mapping[str, pa.Table] | None = None
) -> ResolvedQuery:
    """Return the query with every name found and every part checked.

    Parameters
    ----------
    tree
        From `hub.query.parse` or `hub.query.compose`; it is not changed.
    find_table
        Finds what this user may see.
    inline
        Small tables that came with the request, by the name the tree uses.

    Raises
    ------
    UsageError, MissingError
        Of `hub.query.errors` and the registry: what is wrong, where, and what is near.
    """
    copy = tree.copy()
    resolver = _Resolver(find_table=find_table, inline=inline or {})
    output = resolver.query(copy, {}, None)
    columns = tuple(
        description_of(name, value) for name, value in zip(output.names, output.fields, strict=True)
    )
    return ResolvedQuery(tree=copy, columns=columns, scans=tuple(resolver.scans))


def _allow_only(node: exp.Expr, allowed: set[str], title: str) -> None:
    for name, value in node.args.items():
        if value and name not in allowed:
            part = name.rstrip("_").replace("_", " ").upper()
            raise UnsupportedSqlError(
                f"{title} with {part} cannot be used here.", where=place(node)
            )


def _is_query_or_resolved(node: exp.Expr) -> bool:
    return isinstance(node, exp.Query) or is_resolved(node)


def _column(node: exp.Column, scope: Scope, outputs: Mapping[str, exp.Expr] | None) -> exp.Expr:
    if outputs and not node.table:
        name = name_of(node.this)
        if name in outputs and not any(r.find(node.this) for r in scope.relations):
            return outputs[name].copy()
    return scope.resolve(node)


def _starred(item: exp.Expr, scope: Scope) -> list[exp.Expr]:
    star = item if isinstance(item, exp.Star) else item.this
    if any(star.args.get(name) for name in ("except_", "replace", "rename")):
        raise UnsupportedSqlError(
            "A star cannot leave out or change columns.",
            hint="Name the columns.",
            where=place(item),
        )
    parts = item.parts[:-1] if isinstance(item, exp.Column) else []
    qualifier = ".".join(part.name for part in parts)
    columns = scope.columns(qualifier)
    if not columns:
        raise SqlSyntaxError("A star needs a table.", hint="Write FROM catalog.table.")
    made: list[exp.Expr] = []
    for column in columns:
        named = exp.alias_(column, column.name, quoted=True)
        set_field(named, field_of(column))
        made.append(named)
    return made


def _only_outputs(node: exp.Expr) -> None:
    raise AmbiguousColumnError(
        "ORDER BY after a set operation takes the name or the number of an output column.",
        where=place(node),
    )

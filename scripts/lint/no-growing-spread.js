// No object literal that begins with a spread may add keys to it: with Node 20 each such object is of a kind of its own to V8, and whatever reads
// one is slow (docs/decisions/0014). `{ ...state, phase }` only replaces and is fine; `{ ...fact, seq }` is to be `{ seq, ...fact }`.
import ts from 'typescript';

/** The keys that every value of the type has. */
function keysOf(type) {
  if (type.isUnion()) {
    const [first, ...others] = type.types.map(keysOf);
    return new Set([...first].filter((key) => others.every((keys) => keys.has(key))));
  }
  return new Set(type.getProperties().filter((each) => (each.flags & ts.SymbolFlags.Optional) === 0).map((each) => each.name));
}

/** The keys that some value of the type may have. */
const possibleKeys = (type) => (type.isUnion() ? type.types.flatMap(possibleKeys) : type.getProperties().map((each) => each.name));

const nameOf = ({ computed, key }) => (computed ? undefined : (key.name ?? String(key.value)));

export const noGrowingSpread = {
  meta: { type: 'problem', schema: [], messages: { grows: '"{{key}}" is added to what is spread first: put a key before the spread (docs/decisions/0014)' } },
  create(context) {
    const { parserServices } = context.sourceCode;
    return {
      ObjectExpression(node) {
        const [first, ...rest] = node.properties;
        if (first?.type !== 'SpreadElement' || rest.length === 0) return;
        const known = keysOf(parserServices.getTypeAtLocation(first.argument));
        const added = rest.flatMap((each) => (each.type === 'SpreadElement' ? possibleKeys(parserServices.getTypeAtLocation(each.argument)) : (nameOf(each) ?? [])));
        const key = added.find((each) => !known.has(each));
        if (key !== undefined) context.report({ node, messageId: 'grows', data: { key } });
      },
    };
  },
};

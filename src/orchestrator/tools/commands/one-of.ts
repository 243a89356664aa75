/** The value where it is one of these, else the usual one. */
export const oneOf = <const Value extends string>(value: unknown, values: readonly Value[], usual: Value): Value => values.find((each) => each === value) ?? usual;

import type { Ajv, AnySchema, Options, ValidateFunction } from 'ajv';

interface Compiler extends Pick<Ajv, 'errorsText'> {
  readonly compile: (schema: AnySchema) => ValidateFunction;
}

/** Words of JSON Schema that are younger than draft 7; a schema without them means the same in every draft. */
const YOUNGER = /"(?:prefixItems|unevaluated(?:Properties|Items)|dependent(?:Required|Schemas)|m(?:in|ax)Contains|\$(?:anchor|dynamicAnchor|dynamicRef))":/u;

/** `items` may be a list until 2019-09, which has most of the younger words, too. */
const hasList = (text: string): boolean => text.includes('"items":[');

/** Whether a list is one of schemas, and a younger word more than the name of a property, is seen where the newest draft does not take it. */
const orBefore = (newest: Compiler, before: Compiler): Compiler => ({
  compile: (schema: AnySchema) => {
    try {
      return newest.compile(schema);
    } catch {
      return before.compile(schema);
    }
  },
  errorsText: before.errorsText.bind(before),
});

/** What compiles a schema, which is given as text too, as the draft that it is written in means it. */
export async function schemaCompiler(text: string, options: Options): Promise<Compiler> {
  if (YOUNGER.test(text)) {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const newest = new Ajv2020(options);
    return hasList(text) ? orBefore(newest, new (await import('ajv/dist/2019.js')).Ajv2019(options)) : newest;
  }
  const { Ajv } = await import('ajv');
  return new Ajv(options);
}

import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const FILE = fileURLToPath(new URL('published-types-check.ts', import.meta.url));
const OPTIONS: ts.CompilerOptions = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2023, types: [] };

/** A value, and the type that a vendor's package publishes for it. */
export interface Claim {
  readonly type: string;
  readonly value: unknown;
}

/**
 * What of the claims is not true, in the compiler's words. `imports` are the lines that the types come from. Fields that a type does
 * not have are no fault; those that it wants and that are missing, or are of another kind, are.
 */
export function typeFaults(imports: string, claims: readonly Claim[]): readonly string[] {
  // Two lines a claim, so that the line of a fault says which one it is.
  const lines = claims.map(({ type, value }) => `has<${type}>()(\n${JSON.stringify(value)});`);
  const source = `${imports}\ndeclare function has<Type>(): <Value extends Type>(value: Value) => void;\n${lines.join('\n')}\n`;
  const host = ts.createCompilerHost(OPTIONS);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) => (name === FILE ? ts.createSourceFile(name, source, version) : read(name, version));
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === FILE || exists(name);
  const program = ts.createProgram([FILE], OPTIONS, host);
  const before = imports.split('\n').length + 1;
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    const claim = file?.fileName === FILE ? claims[Math.floor((file.getLineAndCharacterOfPosition(start).line - before) / 2)] : undefined;
    return claim === undefined ? text : `${claim.type}: ${text} ${JSON.stringify(claim.value).slice(0, 300)}`;
  });
}

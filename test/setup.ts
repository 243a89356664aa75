// Whatever keys and settings the developer's shell holds, tests start without them: "no keys" is a tested state.
for (const name of Object.keys(process.env)) {
  if (/_API_KEY$|^MASSGEN_(?!TEST)|_PROXY$|_proxy$/.test(name)) Reflect.deleteProperty(process.env, name);
}
process.env['NO_COLOR'] = '1';

// Ink draws only its last frame where it thinks that a CI server runs it; the views under test are for people.
process.env['CI'] = 'false';

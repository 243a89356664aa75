#!/usr/bin/env node
// The same binary from source: registers tsx itself, since oclif's own transpiling does not work with it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execute, Plugin, settings } from '@oclif/core';
import { register } from 'tsx/esm/api';

register();
settings.enableAutoTranspile = false;
const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
pjson.oclif.commands = { ...pjson.oclif.commands, target: './src/commands', globPatterns: ['*.ts', 'config/*.ts', 'logs/*.ts'] };

// Given as it is: oclif would read the manifest of a build that is there, and run that.
const plugin = new Plugin({ root, pjson, isRoot: true, ignoreManifest: true });
await plugin.load();

await execute({ development: true, dir: import.meta.url, loadOptions: { root, pjson, plugins: new Map([[plugin.name, plugin]]) } });

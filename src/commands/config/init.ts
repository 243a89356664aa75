import { existsSync } from 'node:fs';
import { Args, Flags } from '@oclif/core';
import { MassgenError } from '../../errors.js';
import { BaseCommand } from '../base/base-command.js';
import { fromFlags, fromQuestions, type InitFlags } from '../base/config-answers.js';
import { remark } from '../base/config-output.js';
import { questionsOn } from '../base/config-wizard.js';

const kept = (file: string): MassgenError => new MassgenError('usage-invalid', `${file} exists and is left as it is; "massgen config init --force" replaces it`);

export default class ConfigInit extends BaseCommand {
  static override summary = 'Write a new configuration.';
  static override description = `On a terminal each choice is asked for, with a default; with --yes, with flags, or without a terminal nothing is asked.
FILE is .massgen/config.yaml of this folder if it is left out; "user" stands for ~/.config/massgen/config.yaml. Both are found by "massgen run". An existing file is only replaced after a question, or with --force.`;
  static override examples = ['<%= config.bin %> config init', '<%= config.bin %> config init team.yaml --backend openai --backend groq --agents 3 --max-cost 0.5', '<%= config.bin %> config init user --yes'];
  static override args = { file: Args.string({ description: 'Where to write', ignoreStdin: true }) };
  static override flags = {
    agents: Flags.integer({ description: 'How many agents (default 3)', min: 1, max: 26 }),
    backend: Flags.string({ description: 'Backend; several are taken in turn (default: whose model it is, else those whose key is set, else openai)', multiple: true, multipleNonGreedy: true }),
    model: Flags.string({ char: 'm', description: 'Model of the backend in the same place (default: the backend’s own)', multiple: true, multipleNonGreedy: true }),
    'base-url': Flags.string({ description: 'Address of an OpenAI-compatible API', helpValue: 'URL' }),
    sensitivity: Flags.option({ options: ['lenient', 'balanced', 'strict'] as const })({ description: 'How critical voters are (default lenient)' }),
    'max-cost': Flags.string({ description: 'Most that one run may cost, in US dollars (default none)', helpValue: 'USD' }),
    timeout: Flags.integer({ description: 'Seconds for the whole run (default 1800)', min: 1, helpValue: 'SECONDS' }),
    yes: Flags.boolean({ char: 'y', description: 'Ask nothing: take the defaults' }),
    force: Flags.boolean({ description: 'Replace an existing file' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigInit);
    const given: InitFlags = flags;
    const asked = Object.entries(flags).every(([name, value]) => name === 'debug' || name === 'force' || value === undefined || value === false);
    const questions = asked && process.stdin.isTTY && process.stderr.isTTY ? questionsOn(process.stdin, process.stderr) : undefined;
    try {
      const compose = await import('../../compose/config-init.js');
      const { loadEnvironment } = await import('../../orchestrator/config/dotenv.js');
      const { env } = await loadEnvironment(process.env);
      const where = args.file === undefined ? {} : { file: args.file };
      const { file, typed, found } = compose.newConfigFile(where);
      const overwrite = flags.force || (questions !== undefined && existsSync(file) && (await questions.confirm(`${file} exists. Replace it`)));
      if (existsSync(file) && !overwrite) throw kept(file);
      const config = questions === undefined ? fromFlags(given, env, compose) : await fromQuestions(questions, given, env, compose);
      if ((await compose.writeNewConfig(config, { ...where, overwrite })) === 'exists') throw kept(file);
      remark(`wrote ${file}; try: massgen run ${found ? '' : `--config ${typed} `}"Your question"`);
    } finally {
      questions?.close();
    }
  }
}

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { CommandDeps, CommandPlace } from '../place.js';
import { passagesOf } from '../passages.js';
import type { CommandSettings } from '../settings.js';
import { createDockerClient, QUICK_MS, type DockerClient } from './client.js';
import { containerArguments, homeOf, type ContainerPlan } from './container-arguments.js';
import { startContainer, type Container, type ContainerUser } from './container.js';
import { readHost, type DockerHost } from './host.js';
import { prepareImage } from './image.js';
import { NOTES, SCRIPTS } from './scripts.js';
import type { DockerSettings } from './settings.js';
import { readVariables, secretsAmong, variableArguments } from './variables.js';


interface Begun {
  readonly container: Container;
  /** Where the command has written down who it is. */
  readonly file: string;
}

/** The user's own number, where it means the same in a container. */
function userOf(host: DockerHost, settings: DockerSettings, home: string): ContainerUser {
  const isRoot = host.rootless || process.getuid === undefined;
  return { sudo: settings.sudo, home, ...(isRoot ? {} : { id: String(process.getuid?.()), group: String(process.getgid?.() ?? 0) }) };
}

class DockerPlace implements CommandPlace {
  readonly description: string;
  readonly isConfined: boolean;
  readonly secrets: readonly string[];
  private readonly docker: DockerClient;
  private readonly deps: CommandDeps;
  private readonly plan: Omit<ContainerPlan, 'passages'>;
  private readonly variables: Readonly<Record<string, string>>;
  private readonly user: ContainerUser;
  /** One for coordination, one with more rights for the delivery; started when a command needs it. */
  private readonly containers = new Map<boolean, Promise<Container>>();
  private readonly begun = new WeakMap<ChildProcessWithoutNullStreams, Begun>();
  private unseen: readonly string[] = [];
  private count = 0;
  private isClosed = false;

  constructor(docker: DockerClient, deps: CommandDeps, plan: Omit<ContainerPlan, 'passages'>, variables: Readonly<Record<string, string>>) {
    [this.docker, this.deps, this.plan, this.variables] = [docker, deps, plan, variables];
    const { settings, mounts } = plan;
    this.description = `in a container (${settings.image}, network: ${settings.network}${settings.sudo ? ', sudo without a password' : ''})`;
    this.isConfined = settings.network === 'none' && mounts.every(({ mode }) => mode === 'ro');
    this.secrets = secretsAmong(variables);
    this.user = userOf(plan.host, settings, homeOf(plan));
  }

  tooLarge(): readonly string[] {
    return this.unseen;
  }

  private async startContainer(delivering: boolean): Promise<Container> {
    this.count += 1;
    const passages = await passagesOf(this.deps.folders.roots, delivering);
    this.unseen = passages.tooLarge;
    const { args, environment } = variableArguments(this.variables);
    const container = await startContainer(this.docker, `massgen-${this.deps.label}-${String(this.count)}`, this.user, [...args, ...containerArguments({ ...this.plan, passages: passages.all })], environment);
    if (this.isClosed) await container.close();
    return container;
  }

  /** The container for a command; a new one where it has ended. */
  private async containerFor(delivering: boolean): Promise<Container> {
    const isOther = delivering && this.deps.folders.roots.some(({ right }) => right === 'deliver');
    const before = this.containers.get(isOther);
    const known = await before?.catch(() => undefined);
    if (known?.isThere() === true) return known;
    const now = this.containers.get(isOther);
    if (now !== undefined && now !== before) return now;
    const started = this.startContainer(isOther);
    this.containers.set(isOther, started);
    started.catch(() => this.containers.delete(isOther));
    return started;
  }

  async start(command: string, folder: string, delivering: boolean): Promise<ChildProcessWithoutNullStreams> {
    if (this.isClosed) throw new Error('the run is over');
    const container = await this.containerFor(delivering);
    this.count += 1;
    const file = `${NOTES}/${String(this.count)}`;
    const child = this.docker.start(['exec', ...this.asUser(), '--workdir', folder, container.name, '/bin/sh', SCRIPTS.run, command, file]);
    this.begun.set(child, { container, file });
    return child;
  }

  private asUser(): readonly string[] {
    const { id, group } = this.user;
    return id === undefined ? [] : ['--user', `${id}:${group ?? '0'}`];
  }

  private async inside({ container, file }: Begun, script: string, asRoot: boolean): Promise<void> {
    const { id, group } = this.user;
    await this.docker.run(['exec', ...(asRoot ? [] : this.asUser()), container.name, '/bin/sh', script, file, this.plan.workspace, `${id ?? '0'}:${group ?? '0'}`], QUICK_MS).catch(() => undefined);
  }

  end(child: ChildProcessWithoutNullStreams): void {
    const begun = this.begun.get(child);
    const isOver = child.exitCode !== null && child.exitCode < 128;
    // The client goes when what it shows has ended, and else in the end all the same.
    if (begun === undefined || isOver || !begun.container.isThere()) this.docker.end(child);
    else void this.inside(begun, SCRIPTS.end, this.user.sudo).finally(() => this.docker.end(child));
  }

  async settle(child: ChildProcessWithoutNullStreams): Promise<void> {
    const begun = this.begun.get(child);
    if (begun?.container.isThere() === true && this.user.sudo && this.user.id !== undefined && this.user.id !== '0') await this.inside(begun, SCRIPTS.settle, true);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.containers.values()].map(async (container) => (await container).close()));
  }
}

/** Commands in a container of the agent's own, through Docker's command line. Throws `config-invalid` that names the remedy when there is no Docker, no image, or no file that the configuration names. */
export async function openDockerPlace({ docker: settings }: CommandSettings, deps: CommandDeps, program?: string): Promise<CommandPlace> {
  const docker = createDockerClient(deps, program);
  const [image, variables] = await Promise.all([prepareImage(docker, settings), readVariables(settings, deps.lookUp)]);
  const host = await readHost(docker);
  const mounts = settings.mounts.filter(({ from, ifThere }) => !ifThere || existsSync(from));
  return new DockerPlace(docker, deps, { image, settings, host, workspace: deps.folders.workspace, mounts }, variables);
}

import { createHash, randomBytes } from 'node:crypto';
import { MassgenError } from '../../../../errors.js';
import { complaintOf, dockerTrouble, QUICK_MS, type DockerClient } from './client.js';
import { startContainer } from './container.js';
import { INSTALL } from './scripts.js';
import { PACKAGE_KINDS, type DockerSettings } from './settings.js';

const PULL_MS = 180_000;
const INSTALL_MS = 600_000;

/** Images with packages that are being made, so that agents who want the same one wait for it. */
const making = new Map<string, Promise<string>>();

const inspect = (docker: DockerClient, image: string): ReturnType<DockerClient['run']> => docker.run(['image', 'inspect', '--format', '{{.Id}}', image], QUICK_MS);

/** The id of an image that is here or can be pulled. */
async function findImage(docker: DockerClient, image: string): Promise<string> {
  const found = await inspect(docker, image);
  if (found.code === 0) return found.stdout.trim();
  if (!/no such (?:image|object)|image not known/iu.test(found.stderr)) throw dockerTrouble('Docker does not answer', found, 'see what `docker info` says, or set command_line_execution_mode to local');
  const pulled = await docker.run(['pull', '--quiet', image], PULL_MS);
  if (pulled.code !== 0) throw dockerTrouble(`the image ${image} is not here and could not be pulled`, pulled, `get it with \`docker pull ${image}\`, or name another one in command_line_docker_image`);
  return (await inspect(docker, image)).stdout.trim();
}

/** Installs in a container that has a network and nothing of the user's, and keeps what comes of it as an image. */
async function makeImage(docker: DockerClient, tag: string, settings: DockerSettings): Promise<string> {
  const name = `massgen-packages-${randomBytes(6).toString('hex')}`;
  const network = settings.network === 'none' ? 'bridge' : settings.network;
  const container = await startContainer(docker, name, { sudo: false, home: '/' }, ['--network', network, settings.image]);
  try {
    for (const kind of PACKAGE_KINDS.filter((each) => settings.packages[each].length > 0)) {
      const end = await docker.run(['exec', name, '/bin/sh', '-c', INSTALL[kind], 'sh', ...settings.packages[kind]], INSTALL_MS);
      if (end.code !== 0) throw new MassgenError('config-invalid', `command_line_docker_packages: ${settings.packages[kind].join(', ')} (${kind}) could not be installed into ${settings.image}: ${end.ended === 'timeout' ? `it takes longer than ${String(INSTALL_MS / 60_000)} minutes` : complaintOf(end)}; correct the names, or name an image that has them`);
    }
    const kept = await docker.run(['commit', name, tag], INSTALL_MS);
    if (kept.code !== 0) throw dockerTrouble('the image with the packages could not be kept', kept, 'see what `docker info` says');
    return tag;
  } finally {
    await container.close();
  }
}

/** The image that containers are made of: the configured one, with packages where some are wanted. Those are installed once and kept on this machine. */
export async function prepareImage(docker: DockerClient, settings: DockerSettings): Promise<string> {
  const id = await findImage(docker, settings.image);
  const { packages } = settings;
  if (PACKAGE_KINDS.every((kind) => packages[kind].length === 0)) return settings.image;
  const hash = createHash('sha256').update(JSON.stringify([id, PACKAGE_KINDS.map((kind) => packages[kind])]));
  const tag = `massgen-packages:${hash.digest('hex').slice(0, 16)}`;
  const there = await inspect(docker, tag);
  if (there.code === 0) return tag;
  const made = making.get(tag) ?? makeImage(docker, tag, settings).finally(() => making.delete(tag));
  making.set(tag, made);
  return made;
}

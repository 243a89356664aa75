import { QUICK_MS, type DockerClient } from './client.js';


/** How this machine's Docker treats users and files. */
export interface DockerHost {
  /** The daemon is the user's own: in a container root is that user. */
  readonly rootless: boolean;
  /** The users of containers are others on this machine. */
  readonly remapped: boolean;
  /** Files have labels, and a container may use only those labelled for it. */
  readonly labelled: boolean;
}

/** As `docker info` says; what it does not say is not so. */
export async function readHost(docker: DockerClient): Promise<DockerHost> {
  const { code, stdout } = await docker.run(['info', '--format', '{{json .SecurityOptions}}'], QUICK_MS);
  if (code !== 0) return readPodman(docker);
  const options = stdout;
  return { rootless: options.includes('name=rootless'), remapped: options.includes('name=userns'), labelled: options.includes('name=selinux') };
}

/** Podman answers to the name `docker`, too, and says it elsewhere. */
async function readPodman(docker: DockerClient): Promise<DockerHost> {
  const { code, stdout } = await docker.run(['info', '--format', '{{.Host.Security.Rootless}} {{.Host.Security.SELinuxEnabled}}'], QUICK_MS);
  const [rootless, labelled] = code === 0 ? stdout.trim().split(' ') : [];
  return { rootless: rootless === 'true', remapped: false, labelled: labelled === 'true' };
}

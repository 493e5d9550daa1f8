import { join } from 'node:path';
import { type Manifest, manifestsIn } from './manifest.ts';
import { printed } from './program.ts';
import { tool } from './tool.ts';

export const root = join(import.meta.dirname, '../../..');
export const chart = join(root, 'deploy/helm');

/** The release and namespace under which the chart and deploy/kubernetes make objects of the same names. */
export const release = ['clawfleet', chart, '--namespace', 'clawfleet-system'] as const;

/** What `kubectl apply -k FOLDER` would send; the folder is below the root. */
export async function rendered(folder: string): Promise<readonly Manifest[]> {
  return manifestsIn(await printed(tool('kubectl'), ['kustomize', join(root, folder)]));
}

/** What `helm install` would send, with further arguments such as `--set replicas=1`; definitions left out. */
export async function renderedChart(...args: readonly string[]): Promise<readonly Manifest[]> {
  return manifestsIn(await printed(tool('helm'), ['template', ...release, ...args]));
}

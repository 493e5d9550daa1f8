import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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

/** What it would send for deploy/kubernetes with one of its components. */
export async function renderedWith(component: string): Promise<readonly Manifest[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clawfleet-overlay-')));
  const base = relative(folder, join(root, 'deploy/kubernetes'));
  const overlay = { resources: [base], components: [join(base, 'components', component)] };
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
    return manifestsIn(await printed(tool('kubectl'), ['kustomize', folder]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `helm install` would send, with further arguments such as `--set replicas=1`; definitions left out. */
export async function renderedChart(...args: readonly string[]): Promise<readonly Manifest[]> {
  return manifestsIn(await printed(tool('helm'), ['template', ...release, ...args]));
}

import { parse } from 'yaml';

/** Index of the archives of etcd, kube-apiserver and kubectl that controller-tools publishes. */
export const envtestIndex =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';

export interface Archive {
  /** As `v1.36.0-linux-amd64`. */
  readonly name: string;
  readonly url: string;
  /** Of the archive, in hex. */
  readonly sha512: string;
}

/** The minor version of Kubernetes that the tests were last run on; a later one is not chosen by itself. */
export const newestMinor = 36;

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** As `linux-amd64`. */
export function platformName(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform === 'win32' ? 'windows' : platform}-${architectures[arch] ?? arch}`;
}

/** The newest final release in `index` up to 1.36 that has an archive for `platform`; undefined: there is none. */
export function archiveIn(index: string, platform: string): Archive | undefined {
  // Failsafe: everything stays text, a checksum of digits too.
  const { releases } = parse(index, { schema: 'failsafe' }) as {
    readonly releases: Readonly<Record<string, Release>>;
  };
  const byVersion = new Intl.Collator('en', { numeric: true }).compare;
  return Object.keys(releases)
    .filter(isFinalAndKnown)
    .sort((a, b) => byVersion(b, a))
    .flatMap((version) => {
      const file = releases[version]?.[`envtest-${version}-${platform}.tar.gz`];
      return file ? [{ name: `${version}-${platform}`, url: file.selfLink, sha512: file.hash }] : [];
    })[0];
}

type Release = Readonly<Record<string, { readonly hash: string; readonly selfLink: string }>>;

function isFinalAndKnown(version: string): boolean {
  const minor = /^v1\.(\d+)\.\d+$/.exec(version)?.[1];
  return minor !== undefined && Number(minor) <= newestMinor;
}

/** One region takes no new droplets, as happens in reality. */
export const stockRegions: readonly {
  readonly slug: string;
  readonly name: string;
  readonly available: boolean;
}[] = [
  { slug: 'nyc1', name: 'New York 1', available: true },
  { slug: 'nyc3', name: 'New York 3', available: true },
  { slug: 'sfo3', name: 'San Francisco 3', available: true },
  { slug: 'ams3', name: 'Amsterdam 3', available: true },
  { slug: 'fra1', name: 'Frankfurt 1', available: true },
  { slug: 'lon1', name: 'London 1', available: true },
  { slug: 'sgp1', name: 'Singapore 1', available: true },
  { slug: 'blr1', name: 'Bangalore 1', available: false },
  { slug: 'tor1', name: 'Toronto 1', available: true },
  { slug: 'syd1', name: 'Sydney 1', available: true },
];

export type ImageStatus = 'NEW' | 'available' | 'pending' | 'deleted' | 'retired';

export interface ImageRecord {
  readonly id: number;
  readonly name: string;
  readonly distribution: string;
  readonly slug: string | null;
  readonly public: boolean;
  readonly regions: readonly string[];
  readonly created_at: string;
  readonly type: 'base' | 'snapshot';
  readonly min_disk_size: number;
  readonly size_gigabytes: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly status: ImageStatus;
}

type Row = readonly [slug: string, name: string, distribution: string];

const applications: readonly Row[] = [
  ['docker-20-04', 'Docker on Ubuntu 22.04', 'Ubuntu'],
  ['wordpress-20-04', 'WordPress on Ubuntu 22.04', 'Ubuntu'],
  ['lamp-20-04', 'LAMP on Ubuntu 22.04', 'Ubuntu'],
  ['lemp-20-04', 'LEMP on Ubuntu 22.04', 'Ubuntu'],
  ['nodejs-20-04', 'NodeJS on Ubuntu 22.04', 'Ubuntu'],
  ['mysql-20-04', 'MySQL on Ubuntu 22.04', 'Ubuntu'],
  ['mongodb-20-04', 'MongoDB on Ubuntu 22.04', 'Ubuntu'],
  ['django-20-04', 'Django on Ubuntu 22.04', 'Ubuntu'],
  ['ghost-20-04', 'Ghost on Ubuntu 22.04', 'Ubuntu'],
  ['dokku-20-04', 'Dokku on Ubuntu 22.04', 'Ubuntu'],
  ['discourse-20-04', 'Discourse on Ubuntu 22.04', 'Ubuntu'],
  ['jenkins-20-04', 'Jenkins on Ubuntu 22.04', 'Ubuntu'],
];

const distributions: readonly Row[] = [
  ['centos-stream-9-x64', '9 Stream x64', 'CentOS'],
  ['centos-stream-10-x64', '10 Stream x64', 'CentOS'],
  ['debian-11-x64', '11 x64', 'Debian'],
  ['debian-12-x64', '12 x64', 'Debian'],
  ['debian-13-x64', '13 x64', 'Debian'],
  ['fedora-41-x64', '41 x64', 'Fedora'],
  ['fedora-42-x64', '42 x64', 'Fedora'],
  ['rockylinux-8-x64', '8 x64', 'Rocky Linux'],
  ['rockylinux-9-x64', '9 x64', 'Rocky Linux'],
  ['rockylinux-10-x64', '10 x64', 'Rocky Linux'],
  ['ubuntu-20-04-x64', '20.04 (LTS) x64', 'Ubuntu'],
  ['ubuntu-22-04-x64', '22.04 (LTS) x64', 'Ubuntu'],
  ['ubuntu-24-04-x64', '24.04 (LTS) x64', 'Ubuntu'],
  ['ubuntu-25-04-x64', '25.04 x64', 'Ubuntu'],
];

/** More than one page of the default length. Ids are made up. */
export const stockImages: readonly ImageRecord[] = [
  ...applications.map((row, at) => image(150_000_001 + at, row, 'snapshot', 25)),
  ...distributions.map((row, at) => image(160_000_001 + at, row, 'base', 10)),
];

/** The image that a snapshot of a droplet becomes. */
export function snapshotImage(
  id: number,
  name: string,
  of: {
    readonly regions: readonly string[];
    readonly diskGB: number;
    readonly distribution: string;
    readonly at: string;
  },
): ImageRecord {
  const row = { ...image(id, ['', name, of.distribution], 'snapshot', of.diskGB), created_at: of.at };
  return { ...row, slug: null, public: false, regions: of.regions };
}

function image(
  id: number,
  [slug, name, distribution]: Row,
  type: ImageRecord['type'],
  disk: number,
): ImageRecord {
  return {
    id,
    name,
    distribution,
    slug,
    public: true,
    regions: stockRegions.map((region) => region.slug),
    created_at: '2025-04-01T12:00:00Z',
    type,
    min_disk_size: disk,
    size_gigabytes: 2.4,
    description: name,
    tags: [],
    status: 'available',
  };
}

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

export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly transfer: number;
  readonly price_monthly: number;
  readonly price_hourly: number;
  readonly regions: readonly string[];
  readonly available: boolean;
  readonly description: string;
  readonly gpu_info?: { readonly count: number; readonly model: string };
}

type Offer = Omit<Size, 'regions'> & {
  readonly notIn?: readonly string[];
  readonly onlyIn?: readonly string[];
};

/** List prices of https://www.digitalocean.com/pricing/droplets, USD. */
export const stockSizes: readonly Offer[] = [
  basic('s-1vcpu-512mb-10gb', 1, 512, 10, 0.5, 4, 0.00595),
  basic('s-1vcpu-1gb', 1, 1_024, 25, 1, 6, 0.00893),
  basic('s-1vcpu-2gb', 1, 2_048, 50, 2, 12, 0.01786),
  { ...basic('s-1vcpu-3gb', 1, 3_072, 60, 3, 15, 0.02232), available: false },
  basic('s-2vcpu-2gb', 2, 2_048, 60, 3, 18, 0.02679),
  basic('s-2vcpu-4gb', 2, 4_096, 80, 4, 24, 0.03571),
  basic('s-4vcpu-8gb', 4, 8_192, 160, 5, 48, 0.07143),
  basic('s-8vcpu-16gb', 8, 16_384, 320, 6, 96, 0.14286),
  { ...offer('c-2', 2, 4_096, 25, 4, 42, 0.0625, 'CPU-Optimized'), notIn: ['syd1'] },
  { ...offer('c-4', 4, 8_192, 50, 5, 84, 0.125, 'CPU-Optimized'), notIn: ['syd1'] },
  { ...offer('g-2vcpu-8gb', 2, 8_192, 25, 4, 63, 0.09375, 'General Purpose'), notIn: ['syd1'] },
  {
    ...offer('gpu-h100x1-80gb', 20, 245_760, 720, 15, 2_522.16, 3.39, 'H100 GPU - 1X'),
    onlyIn: ['tor1'],
    gpu_info: { count: 1, model: 'nvidia_h100' },
  },
];

function basic(
  slug: string,
  vcpus: number,
  memory: number,
  disk: number,
  transfer: number,
  monthly: number,
  hourly: number,
): Offer {
  return offer(slug, vcpus, memory, disk, transfer, monthly, hourly, 'Basic');
}

function offer(
  slug: string,
  vcpus: number,
  memory: number,
  disk: number,
  transfer: number,
  price_monthly: number,
  price_hourly: number,
  description: string,
): Offer {
  return { slug, memory, vcpus, disk, transfer, price_monthly, price_hourly, available: true, description };
}

import type { ActionRequest, Catalogue, Droplet } from '../../ports/cloud.ts';

/** The droplet once the action has taken effect. */
export function afterAction(droplet: Droplet, request: ActionRequest, catalogue: Catalogue): Droplet {
  switch (request.type) {
    case 'shutdown':
    case 'power_off':
      return { ...droplet, status: 'off' };
    case 'power_on':
      return { ...droplet, status: 'active' };
    case 'reboot':
      return droplet;
    case 'enable_backups':
      return { ...droplet, backups: true };
    case 'disable_backups':
      return { ...droplet, backups: false };
    case 'enable_ipv6':
      return { ...droplet, ipv6: true };
    case 'rename':
      return { ...droplet, name: request.name };
    case 'resize':
      return {
        ...droplet,
        size: request.size,
        priceMonthlyUSD: priceOf(catalogue, request.size) ?? droplet.priceMonthlyUSD,
      };
  }
}

function priceOf(catalogue: Catalogue, slug: string): number | undefined {
  return catalogue.sizes.find((size) => size.slug === slug)?.priceMonthlyUSD;
}

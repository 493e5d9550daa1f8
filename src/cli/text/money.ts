/** `$12`, `$12.50`, `$1,204`. */
export function formatUSD(amount: number): string {
  const digits = Number.isInteger(amount) ? 0 : 2;
  return amount.toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `+$12`, `-$12`, `$0`. */
export function formatChangeUSD(amount: number): string {
  return amount > 0 ? `+${formatUSD(amount)}` : formatUSD(amount);
}

/** `1 bot`, `3 bots`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`;
}

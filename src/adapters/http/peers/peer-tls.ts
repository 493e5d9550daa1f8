/** Known to every replica, and to nobody else; undefined while it is not known yet. */
export type PeerKey = () => Uint8Array | undefined;

/**
 * Replicas know each other by a key that they share (TLS-PSK, RFC 5489): neither side says anything to one that does not
 * have it, and what was said stays secret when the key leaks later. Node takes such keys with TLS 1.2 alone.
 */
export const peerTLS = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

export const peerIdentity = 'clawfleet';

export const peerCalls = ['register', 'config', 'acknowledge', 'heartbeat'] as const;

export type PeerCall = (typeof peerCalls)[number];

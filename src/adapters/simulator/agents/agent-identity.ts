/** What a droplet's user-data tells its agent. */
export interface AgentIdentity {
  readonly botID: string;
  readonly registrationToken: string;
  /** Without a slash at the end. */
  readonly controlPlaneURL: string;
}

/** Undefined when the user-data is none of clawfleet's, or names no control plane. */
export function agentIdentity(userData: string): AgentIdentity | undefined {
  const [botID, registrationToken, url] = ['BOT_ID', 'REGISTRATION_TOKEN', 'CONTROL_PLANE_URL'].map((name) =>
    exported(userData, name),
  );
  if (!botID || !registrationToken || !url) return undefined;
  return { botID, registrationToken, controlPlaneURL: url.replace(/\/+$/, '') };
}

/** The value of `export NAME='…'`; such values hold no quote. */
function exported(userData: string, name: string): string | undefined {
  return new RegExp(`^export ${name}='([^']*)'$`, 'm').exec(userData)?.[1];
}

/**
 * The variables that the bootstrap script reads, in the order they are exported.
 * Lists are separated by one space.
 */
export function userDataExports(input: UserDataInput): ReadonlyMap<string, string> {
  return new Map([
    ['REGISTRATION_TOKEN', input.registrationToken],
    ['BOT_ID', input.botID],
    ['CONTROL_PLANE_URL', input.controlPlaneURL ?? ''],
    ...customizerExports(input.customizer),
    ...toolchainExports(input.toolchain),
  ]);
}

function customizerExports(customizer: CustomizerInput): [string, string][] {
  return [
    ['CUSTOMIZER_REPO_URL', customizer.repoURL],
    ['CUSTOMIZER_REF', customizer.ref],
    ['CUSTOMIZER_WORKSPACE_DIR', customizer.workspaceDir],
    ['CUSTOMIZER_AGENT_NAME', customizer.agentName],
    ['CUSTOMIZER_OWNER_NAME', customizer.ownerName],
    ['CUSTOMIZER_SKIP_QMD', String(customizer.skipQmd)],
    ['CUSTOMIZER_SKIP_CRON', String(customizer.skipCron)],
    ['CUSTOMIZER_SKIP_GIT', String(customizer.skipGit)],
    ['CUSTOMIZER_SKIP_HEARTBEAT', String(customizer.skipHeartbeat)],
  ];
}

function toolchainExports(toolchain: ToolchainInput): [string, string][] {
  return [
    ['TOOLCHAIN_NODE_MAJOR', String(toolchain.nodeMajor)],
    ['TOOLCHAIN_INSTALL_PNPM', String(toolchain.installPnpm)],
    ['TOOLCHAIN_PNPM_VERSION', toolchain.pnpmVersion],
    ['TOOLCHAIN_INSTALL_RUST', String(toolchain.installRust)],
    ['TOOLCHAIN_RUST_TOOLCHAIN', toolchain.rustToolchain],
    ['TOOLCHAIN_EXTRA_APT_PACKAGES', wordList('extraAptPackages', toolchain.extraAptPackages)],
    ['TOOLCHAIN_GLOBAL_NPM_PACKAGES', wordList('globalNpmPackages', toolchain.globalNpmPackages)],
    ['TOOLCHAIN_CARGO_CRATES', wordList('cargoCrates', toolchain.cargoCrates)],
  ];
}

/** Refuses items with white space or empty ones: they would be installed as two packages or as none. */
function wordList(field: string, items: readonly string[]): string {
  const wrong = items.find((item) => !/^\S+$/u.test(item));
  if (wrong === undefined) return items.join(' ');
  throw new RangeError(
    `bootstrap.toolchain.${field}: an item must be one word without white space, got ${JSON.stringify(wrong)}`,
  );
}

/**
 * Everything a droplet's user-data contains. Its only secret is the registration token, which works once.
 */
export interface UserDataInput {
  readonly registrationToken: string;
  readonly botID: string;
  /** Where the bot API is served. If absent, the droplet neither registers nor starts the runner. */
  readonly controlPlaneURL?: string | undefined;
  readonly customizer: CustomizerInput;
  readonly toolchain: ToolchainInput;
  /** The text that runs after the exports. */
  readonly bootstrapScript: string;
}

interface CustomizerInput {
  readonly repoURL: string;
  /** A commit, tag or branch of the repository. */
  readonly ref: string;
  readonly workspaceDir: string;
  readonly agentName: string;
  readonly ownerName: string;
  readonly skipQmd: boolean;
  readonly skipCron: boolean;
  readonly skipGit: boolean;
  readonly skipHeartbeat: boolean;
}

interface ToolchainInput {
  readonly nodeMajor: number;
  readonly installPnpm: boolean;
  /** Empty: the latest. */
  readonly pnpmVersion: string;
  readonly installRust: boolean;
  readonly rustToolchain: string;
  readonly extraAptPackages: readonly string[];
  readonly globalNpmPackages: readonly string[];
  readonly cargoCrates: readonly string[];
}

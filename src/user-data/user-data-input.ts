/** Everything a droplet's user-data says. The registration token is its only secret, and that one is used up once. */
export interface UserDataInput {
  readonly registrationToken: string;
  readonly botID: string;
  /** Where the bot API is served. Absent: the droplet neither registers nor runs the runner. */
  readonly controlPlaneURL?: string | undefined;
  readonly customizer: CustomizerInput;
  readonly toolchain: ToolchainInput;
  /** The text that runs after the exports. */
  readonly bootstrapScript: string;
}

export interface CustomizerInput {
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

export interface ToolchainInput {
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

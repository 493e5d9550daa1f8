import type { UserDataInput } from '../../src/user-data/user-data-exports.ts';

/** A whole, ordinary input, with the defaults of the contract. */
export const exampleInput: UserDataInput = {
  registrationToken: 'reg-0123456789abcdef0123456789abcdef',
  botID: '2b1f7c86-0d3e-4a52-9f57-6c1d2e3f4a5b',
  controlPlaneURL: 'https://fleet.example.com',
  customizer: {
    repoURL: 'https://github.com/janebot2026/janebot-cli.git',
    ref: '4b170b4aa31f79bda84f7383b3992ca8681d06d3',
    workspaceDir: '/opt/openclaw/workspace',
    agentName: 'Jane',
    ownerName: 'Cedros',
    skipQmd: true,
    skipCron: true,
    skipGit: true,
    skipHeartbeat: true,
  },
  toolchain: {
    nodeMajor: 20,
    installPnpm: true,
    pnpmVersion: '',
    installRust: true,
    rustToolchain: 'stable',
    extraAptPackages: [],
    globalNpmPackages: [],
    cargoCrates: [],
  },
  bootstrapScript: 'true\n',
};

/** `exampleInput` with other texts in the customizer. */
export function withCustomizer(customizer: Partial<UserDataInput['customizer']>): UserDataInput {
  return { ...exampleInput, customizer: { ...exampleInput.customizer, ...customizer } };
}

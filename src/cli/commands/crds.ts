import type { Command } from 'commander';
import { crdManifests } from '../../model/crd/crds.ts';
import type { CliContext } from '../cli-context.ts';
import { examples } from '../flags.ts';
import { printTo } from '../text/terminal.ts';

export function defineCRDs(command: Command, context: CliContext): void {
  examples(command, ['clawfleet crds | kubectl apply -f -']).action(() =>
    printTo(context.stdout, crdManifests().trimEnd()),
  );
}

import type { Collection, Db, Document } from 'mongodb';
import { validateBotChange } from '../../../model/check/schema-validator.ts';
import type { CollectionNames } from '../../../model/collection-names.ts';
import type { FleetState } from '../../../model/fleet-state.ts';
import { parseManifests } from '../../../model/manifest/parse-manifests.ts';
import { problemText } from '../../../model/problem.ts';
import type { ResourceKey } from '../../../model/resource-key.ts';
import { problemOf } from '../../../model/schema/violation.ts';
import type { BotSpec } from '../../../model/spec/bot-spec.ts';
import type { Chance } from '../../../ports/chance.ts';
import { faultOf, PortError } from '../../../ports/port-error.ts';
import type { EditResult, FieldEdit, SourceEditor } from '../../../ports/source-reader.ts';
import { asPortError } from '../client/mongo-error.ts';
import { documentLocation, readDeclaration } from './document/declaration.ts';
import { type DeclaredDocument, digestOf } from './document/declared-document.ts';
import { documentsOf } from './feed/document-reads.ts';
import { majorityCollection } from './majority-collection.ts';
import { type FleetDocument, readFleet, swapFleet } from './mongo-fleet-store.ts';

/** Others may write the fleet's record so often while it is changed. */
const mostTries = 10;

export interface MongoEditorOptions {
  readonly db: Db;
  readonly collections: CollectionNames;
  readonly chance: Chance;
}

/** Changes documents of Bots and the fleet's record, beside a controller or without one. Closing leaves the client open. */
export function mongoEditor({ db, collections, chance }: MongoEditorOptions): SourceEditor {
  const bots = majorityCollection<Document>(db, collections.bots);
  const ledger = majorityCollection<FleetDocument>(db, collections.ledger);
  return {
    edit: (key, edits) => editBot(bots, key, edits),
    // A database does not tell who wrote a field.
    claims: async () => [],
    editFleet: (change) => editFleet(ledger, chance, change),
    add: (manifest, name) => addBot(bots, manifest, name),
  };
}

/** Of these fields alone: whatever else is written meanwhile stays. */
async function editBot(
  bots: Collection<Document>,
  key: ResourceKey,
  edits: readonly FieldEdit[],
): Promise<EditResult> {
  const where = documentLocation(bots.collectionName, key);
  const [before] = await documentsOf(bots, [key]);
  if (!before) throw new PortError({ kind: 'absent' }, `Bot ${key} is not declared: no document ${where}`);
  const after = edits.reduce(edited, before);
  if (digestOf(before) === digestOf(after)) return { where, changed: false };
  requireNoNewProblem(bots.collectionName, before, after);
  await update(bots, key, edits);
  return { where, changed: true };
}

async function update(
  bots: Collection<Document>,
  key: ResourceKey,
  edits: readonly FieldEdit[],
): Promise<void> {
  const places = edits.map(({ path, value }) => ({ place: path.join('.'), value }));
  const set = places.filter(({ value }) => value !== undefined);
  const unset = places.filter(({ value }) => value === undefined);
  try {
    const { matchedCount } = await bots.updateOne({ _id: key } as Document, {
      ...(set.length > 0 && { $set: Object.fromEntries(set.map(({ place, value }) => [place, value])) }),
      ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map(({ place }) => [place, ''])) }),
    });
    if (matchedCount === 0) throw new PortError({ kind: 'absent' }, `Bot ${key} was removed meanwhile`);
  } catch (error) {
    throw asPortError(error, `editing ${key}`);
  }
}

/** The document with one field set, or left out. */
function edited<T extends object>(document: T, { path: [first, ...rest], value }: FieldEdit): T {
  if (first === undefined) return document;
  const { [first]: present, ...others } = document as Readonly<Record<string, unknown>>;
  const inner = typeof present === 'object' && present !== null ? present : {};
  const next = rest.length === 0 ? value : edited(inner, { path: rest, value });
  return { ...others, ...(next !== undefined && { [first]: next }) } as T;
}

/** A value that the rules refuse must not get into the document. */
function requireNoNewProblem(place: string, before: DeclaredDocument, after: DeclaredDocument): void {
  const old = declared(place, before);
  const now = declared(place, after);
  const changes =
    old.spec && now.spec
      ? validateBotChange(now.spec, old.spec).map((each) =>
          problemOf(each, documentLocation(place, before._id)),
        )
      : [];
  const known = new Set(old.problems.map(({ field, rule }) => `${field} ${rule}`));
  const [added] = [...now.problems, ...changes].filter(({ field, rule }) => !known.has(`${field} ${rule}`));
  if (added) throw refusal('Invalid', problemText(added));
}

function declared(place: string, document: DeclaredDocument) {
  const reading = readDeclaration('Bot', document, place);
  if (reading.key === undefined) return { problems: [reading.problem], spec: undefined };
  const { problems, spec } = reading.declared;
  return { problems, spec: spec === undefined ? undefined : (JSON.parse(spec) as BotSpec) };
}

async function editFleet(
  ledger: Collection<FleetDocument>,
  chance: Chance,
  change: (state: FleetState) => FleetState,
): Promise<FleetState> {
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const found = await readFleet(ledger);
    if (!found) {
      const { dbName } = ledger;
      throw new PortError({ kind: 'absent' }, `no controller has run with the database ${dbName} yet`);
    }
    const state = change(found.state);
    if (await swapFleet(ledger, { ...found, state }, { nonce: chance.uuid() })) return state;
  }
  throw new PortError({ kind: 'conflict' }, 'the fleet’s record moves on faster than it can be written');
}

async function addBot(bots: Collection<Document>, text: string, name: string): Promise<EditResult> {
  const { manifests, problems } = parseManifests(text, name);
  const [problem] = [...problems, ...manifests.flatMap((manifest) => manifest.problems)];
  const [manifest] = manifests;
  if (problem || !manifest)
    throw refusal('Invalid', problem ? problemText(problem) : `${name}: declares nothing`);
  if (manifest.kind !== 'Bot') throw new Error(`a ${manifest.kind} is no Bot`);
  const { key, namespace, name: botName, spec } = manifest;
  try {
    await bots.insertOne({ _id: key, metadata: { namespace, name: botName }, spec } as Document);
  } catch (error) {
    const failure = asPortError(error, `adding ${key}`);
    if (!faultOf(failure, 'conflict')) throw failure;
    throw refusal(
      'Repeated',
      `Bot ${key} is declared already, in ${documentLocation(bots.collectionName, key)}`,
    );
  }
  return { where: documentLocation(bots.collectionName, key), changed: true };
}

function refusal(reason: string, message: string): PortError {
  return new PortError({ kind: 'refused', reason, httpStatus: 0 }, message);
}

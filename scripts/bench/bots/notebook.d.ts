import type { Notes } from './load-protocol.ts';
/** What happens to the agents of one process, until it is told. */
export declare class Notebook {
  #private;
  beat(botID: string, ms: number): void;
  delivered(botID: string, configID: string): void;
  acknowledged(botID: string, configID: string): void;
  failed(what: string): void;
  tell(): Notes;
}

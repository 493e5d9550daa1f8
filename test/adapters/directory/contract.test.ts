import { sourceContract } from '../../contract/source-contract.ts';
import { DirectoryBed } from './directory-bed.ts';

sourceContract('a directory', async () => new DirectoryBed());

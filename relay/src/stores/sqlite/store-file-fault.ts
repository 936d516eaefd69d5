/** The file of a store can't be used. The message names the remedy. */
export class StoreFileFault extends Error {
  override readonly name = 'StoreFileFault'
}

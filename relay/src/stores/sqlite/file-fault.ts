import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import path from 'node:path'

/** The `application_id` of a store: "WCST" as a number. */
export const applicationId = 0x57435354

/** The version of the schema that this program writes. */
export const fileVersion = 3

/**
 * Returns why a file can't be a store, or undefined: the predicate of a sentence that names the
 * remedy. Reads only the header, so it also works while a relay has the file open.
 */
export function faultOfFile(file: string): string | undefined {
  const folder = statSync(path.dirname(file), { throwIfNoEntry: false })
  if (!folder) return 'lies in a folder that does not exist; create the folder, or correct the path'
  if (!folder.isDirectory()) return 'lies in a folder that is a file; correct the path'
  const found = statSync(file, { throwIfNoEntry: false })
  if (found && !found.isFile()) return 'is not a file; name a file that does not exist yet, or a store'
  // SQLite creates further files beside it.
  if (!isWritable(path.dirname(file))) return "lies in a folder that this user can't write to; change its permissions"
  if (!found) return undefined
  if (!isWritable(file)) return "is a file that this user can't write to; change its permissions"
  return found.size === 0 ? undefined : faultOfHeader(headerOf(file))
}

/** Returns why a program that writes version `own` can't use a version, or undefined. */
export function faultOfVersion(version: number, own: number = fileVersion): string | undefined {
  if (version <= own) return undefined
  const versions = `it has version ${version}, and this program writes version ${own}`
  return `was written by a newer version of wildcast (${versions}); update wildcast, or name another file`
}

/** The predicate for a file that SQLite can't read. */
export const damaged = 'is damaged, or is no SQLite database; restore a backup of it, or name another file'

/** The predicate for a database of another program. */
export const foreign = 'is a database of another program; name another file'

const magic = 'SQLite format 3\0'
const [versionAt, applicationAt, headerBytes] = [60, 68, 100]

function faultOfHeader(header: Buffer): string | undefined {
  if (header.length < headerBytes || header.toString('latin1', 0, magic.length) !== magic) return damaged
  if (header.readUInt32BE(applicationAt) !== applicationId) return foreign
  return faultOfVersion(header.readUInt32BE(versionAt))
}

function headerOf(file: string): Buffer {
  const opened = openSync(file, 'r')
  try {
    const header = Buffer.alloc(headerBytes)
    return header.subarray(0, readSync(opened, header, 0, headerBytes, 0))
  } finally {
    closeSync(opened)
  }
}

function isWritable(place: string): boolean {
  try {
    accessSync(place, constants.W_OK)
    return true
  } catch {
    return false
  }
}

import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { href } = pathToFileURL(path.resolve(import.meta.dirname, '../../../packages/contract/dist/index.js'))
const [valibot, zod] = [import.meta.resolve('valibot'), import.meta.resolve('zod')]

/** A module with a contract. The folder of a test has no packages, so it names their URLs. */
export const contractModule = (entries: string, exported = 'export const api ='): string => `
import { defineContract, type } from '${href}'
import * as v from '${valibot}'
import * as z from '${zod}'
const Good = v.object({ price: v.number() })
${exported} defineContract({ ${entries} })
`

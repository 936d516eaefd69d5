import type { ContractCheck } from './client-guard.js'

// Bundlers replace exactly this expression, as in React's own code.
declare const process: { readonly env: { readonly NODE_ENV?: string } }

/** Returns the check of a client without the option. */
export function defaultCheck(): ContractCheck {
  try {
    return process.env.NODE_ENV === 'production' ? 'report' : 'throw'
  } catch {
    return 'throw' // a page without a bundler
  }
}

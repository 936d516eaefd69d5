/** Why a broker without rules has no `history`. */
export const noRules =
  'no rule names subjects whose messages are kept; add [[brokers.NAME.history]] to the configuration'

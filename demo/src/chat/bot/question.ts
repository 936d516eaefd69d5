/** The name under which the bot answers. */
export const botName = 'bot'

const call = /^(?:@bot|\/ask)(?=\s|$)\s*/i

/** Whether a message is for the bot. */
export const isQuestion = (text: string): boolean => call.test(text)

/** A question without the name of the bot. */
export const questionIn = (text: string): string => text.replace(call, '').trim()

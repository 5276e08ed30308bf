import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { en } from '../../../i18n/en.ts'
import { es } from '../../../i18n/es.ts'
import { pt } from '../../../i18n/pt.ts'
import { setupSteps } from './setup-steps.ts'

const DOCS = join(import.meta.dirname, '../../../../../docs/admin')
const CHANNELS = ['telegram', 'sms', 'email', 'twilio-sms', 'twilio-whatsapp', 'whatsapp']
/** What a reader of the guide has to find on the screen. */
const NAMED = ['config.gateways', 'config.contacts', 'config.testSend', 'config.pairTelegram', 'template.title', 'esc.title'] as const

for (const [language, words] of Object.entries({ en, pt, es })) {
  test(`the guide of the gateways says what the forms say (${language})`, () => {
    const guide = readFileSync(join(DOCS, language === 'en' ? 'gateways.md' : `gateways.${language}.md`), 'utf8')
    for (const channel of CHANNELS) {
      const steps = setupSteps(channel, language as 'en' | 'pt' | 'es')
      assert.ok(steps.length > 0, channel)
      steps.forEach((step, index) => assert.ok(guide.includes(`${index + 1}. ${step}\n`), `${channel}: ${step}`))
    }
    for (const key of NAMED) assert.ok(guide.includes(String(words[key])), `${key}: ${String(words[key])}`)
  })
}

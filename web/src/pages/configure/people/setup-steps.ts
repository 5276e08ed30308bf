import type { Language } from '#domain/contact.ts'

type Steps = Readonly<Record<Language, readonly string[]>>

/** What to press at each provider; names of menus as the providers write them. */
const STEPS: Readonly<Record<string, Steps>> = {
  telegram: {
    en: [
      'In Telegram open the chat with @BotFather (blue tick) and send /newbot.',
      'Give a name that people see, then a user name that ends in bot.',
      'Copy the token that BotFather answers with into the field below and save. One bot for this installation alone.',
      'For a group: add the bot to the group, and make it an administrator, else reactions do not arrive.',
      'Under Contacts press “Telegram invitation” and send the link to each person: they open it and press Start. Nobody types a chat id.',
    ],
    pt: [
      'No Telegram abra a conversa com @BotFather (visto azul) e envie /newbot.',
      'Dê um nome que as pessoas veem e depois um nome de utilizador que acabe em bot.',
      'Copie a chave que o BotFather responde para o campo abaixo e guarde. Um bot só para esta instalação.',
      'Para um grupo: junte o bot ao grupo e faça-o administrador, senão as reações não chegam.',
      'Em Contactos prima “Convite do Telegram” e envie a ligação a cada pessoa: abre-a e prime Start. Ninguém escreve um chat id.',
    ],
    es: [
      'En Telegram abra el chat con @BotFather (marca azul) y envíe /newbot.',
      'Dé un nombre que la gente ve y luego un nombre de usuario que termine en bot.',
      'Copie la clave que responde BotFather en el campo de abajo y guarde. Un bot solo para esta instalación.',
      'Para un grupo: añada el bot al grupo y hágalo administrador; si no, las reacciones no llegan.',
      'En Contactos pulse “Invitación de Telegram” y envíe el enlace a cada persona: lo abre y pulsa Start. Nadie escribe un chat id.',
    ],
  },
  email: {
    en: [
      'A mail server in the plant: its name, port 25, security None; it must pass mail on for this machine.',
      'Gmail: smtp.gmail.com, port 587, STARTTLS. Google account, Security, 2-Step Verification, App passwords: enter that password, not your own. Google lets no program sign in with a code for mail. Where app passwords are forbidden: Workspace admin, Gmail, Routing, SMTP relay for the address of this plant, and smtp-relay.gmail.com without log-in; or OAuth2, Google with a client and a refresh token of your own.',
      'Microsoft 365: smtp.office365.com, port 587, STARTTLS, log-in OAuth2. Entra admin centre, App registrations, New registration: copy client and tenant ID; Authentication: Allow public client flows; API permissions: SMTP.Send. Save here, then sign in as the mailbox with a code.',
      'Microsoft 365 without a person: application permission SMTP.SendAsApp with admin consent, a client secret, and the service principal registered in Exchange Online.',
      'Other providers: their SMTP page names server and port; 465 goes with TLS, 587 with STARTTLS.',
      'The button in a mail opens the public address of the site: phones must reach it.',
    ],
    pt: [
      'Um servidor de correio na instalação: o nome, porta 25, segurança Nenhuma; tem de reencaminhar correio desta máquina.',
      'Gmail: smtp.gmail.com, porta 587, STARTTLS. Conta Google, Segurança, Validação em dois passos, Palavras-passe de aplicações: use essa, não a sua. O Google não deixa nenhum programa entrar com um código para correio. Onde as palavras-passe de aplicações são proibidas: administração do Workspace, Gmail, Encaminhamento, SMTP relay para o endereço desta instalação, e smtp-relay.gmail.com sem início de sessão; ou OAuth2, Google com um client e um refresh token seus.',
      'Microsoft 365: smtp.office365.com, porta 587, STARTTLS, início de sessão OAuth2. Centro de administração Entra, App registrations, New registration: copie o client e o tenant ID; Authentication: Allow public client flows; API permissions: SMTP.Send. Guarde aqui e entre como a caixa de correio com um código.',
      'Microsoft 365 sem pessoa: permissão de aplicação SMTP.SendAsApp com consentimento do administrador, um client secret, e o service principal registado no Exchange Online.',
      'Outros fornecedores: a sua página SMTP diz servidor e porta; 465 vai com TLS, 587 com STARTTLS.',
      'O botão numa mensagem abre o endereço público do local: os telemóveis têm de lá chegar.',
    ],
    es: [
      'Un servidor de correo en la planta: su nombre, puerto 25, seguridad Ninguna; debe reenviar el correo de esta máquina.',
      'Gmail: smtp.gmail.com, puerto 587, STARTTLS. Cuenta de Google, Seguridad, Verificación en dos pasos, Contraseñas de aplicaciones: use esa, no la suya. Google no deja que ningún programa entre con un código para correo. Donde se prohíben las contraseñas de aplicaciones: administración de Workspace, Gmail, Enrutamiento, SMTP relay para la dirección de esta planta, y smtp-relay.gmail.com sin inicio de sesión; o bien OAuth2, Google con un client y un refresh token propios.',
      'Microsoft 365: smtp.office365.com, puerto 587, STARTTLS, inicio de sesión OAuth2. Centro de administración de Entra, App registrations, New registration: copie el client y el tenant ID; Authentication: Allow public client flows; API permissions: SMTP.Send. Guarde aquí y entre como el buzón con un código.',
      'Microsoft 365 sin persona: permiso de aplicación SMTP.SendAsApp con consentimiento del administrador, un client secret y el service principal registrado en Exchange Online.',
      'Otros proveedores: su página SMTP nombra servidor y puerto; 465 va con TLS, 587 con STARTTLS.',
      'El botón de un correo abre la dirección pública del sitio: los teléfonos deben llegar a ella.',
    ],
  },
  sms: {
    en: [
      'Put the SIM card in (without PIN), fix the antennas, and give the router an address in the plant network.',
      'RutOS 7.14 and newer: System, Administration, Access Control: HTTPS on. System, Users: a user whose group may use messages. Enter it below.',
      'Older firmware: Services, Mobile utilities, SMS gateway, Post/Get: enable it; it has a user and password of its own.',
      'Press Test send once: it tells the fingerprint of the router’s certificate. Compare it in the router and enter it.',
      'Answers at once (optional): SMS gateway, SMS Forwarding to HTTP: method POST, the address below, number value name “sender”, message value name “text”, extra data pair “token” and the word entered here.',
    ],
    pt: [
      'Ponha o cartão SIM (sem PIN), monte as antenas e dê ao router um endereço na rede da instalação.',
      'RutOS 7.14 e mais recente: System, Administration, Access Control: HTTPS ligado. System, Users: um utilizador cujo grupo possa usar mensagens. Escreva-o abaixo.',
      'Firmware mais antigo: Services, Mobile utilities, SMS gateway, Post/Get: ative; tem utilizador e palavra-passe próprios.',
      'Prima Enviar teste: diz a impressão digital do certificado do router. Compare-a no router e escreva-a.',
      'Respostas imediatas (opcional): SMS gateway, SMS Forwarding to HTTP: método POST, o endereço abaixo, number value name “sender”, message value name “text”, par extra “token” e a palavra escrita aqui.',
    ],
    es: [
      'Ponga la tarjeta SIM (sin PIN), monte las antenas y dé al router una dirección en la red de la planta.',
      'RutOS 7.14 y posteriores: System, Administration, Access Control: HTTPS activado. System, Users: un usuario cuyo grupo pueda usar mensajes. Escríbalo abajo.',
      'Firmware anterior: Services, Mobile utilities, SMS gateway, Post/Get: actívelo; tiene usuario y contraseña propios.',
      'Pulse Enviar prueba: dice la huella del certificado del router. Compárela en el router y escríbala.',
      'Respuestas al instante (opcional): SMS gateway, SMS Forwarding to HTTP: método POST, la dirección de abajo, number value name “sender”, message value name “text”, par extra “token” y la palabra escrita aquí.',
    ],
  },
  'twilio-sms': {
    en: [
      'console.twilio.com: copy Account SID and Auth Token from the first page.',
      'Phone Numbers, Manage, Buy a number: one that can send and receive SMS in your country.',
      'Enter the number with its country and save. Answers are asked for: nothing needs to be open.',
      'Only with an address from the internet: choose “Twilio calls us”, and enter the address below at the number under Messaging, “A message comes in”, HTTP POST.',
    ],
    pt: [
      'console.twilio.com: copie Account SID e Auth Token da primeira página.',
      'Phone Numbers, Manage, Buy a number: um que envie e receba SMS no seu país.',
      'Escreva o número com o país e guarde. As respostas são perguntadas: nada tem de estar aberto.',
      'Só com endereço a partir da internet: escolha “A Twilio chama-nos” e escreva o endereço abaixo no número, em Messaging, “A message comes in”, HTTP POST.',
    ],
    es: [
      'console.twilio.com: copie Account SID y Auth Token de la primera página.',
      'Phone Numbers, Manage, Buy a number: uno que envíe y reciba SMS en su país.',
      'Escriba el número con su país y guarde. Las respuestas se preguntan: nada tiene que estar abierto.',
      'Solo con dirección desde internet: elija “Twilio nos llama” y escriba la dirección de abajo en el número, en Messaging, “A message comes in”, HTTP POST.',
    ],
  },
  'twilio-whatsapp': {
    en: [
      'To try it: Messaging, Try it out, Send a WhatsApp message. Each person sends the join words to the sandbox number; it ends after three days.',
      'For good: Messaging, Senders, WhatsApp senders: register a number, and have a template with one variable approved (Content Template Builder).',
      'Enter Account SID, Auth Token, the number, and the template (HX…). WhatsApp takes free words only within a day of a person’s own message.',
      'Answers are asked for by default. With an address from the internet choose “Twilio calls us”: then a swipe-reply also says which message it answers.',
    ],
    pt: [
      'Para experimentar: Messaging, Try it out, Send a WhatsApp message. Cada pessoa envia as palavras join ao número do sandbox; acaba ao fim de três dias.',
      'A sério: Messaging, Senders, WhatsApp senders: registe um número e obtenha aprovação de um modelo com uma variável (Content Template Builder).',
      'Escreva Account SID, Auth Token, o número e o modelo (HX…). O WhatsApp só aceita texto livre até um dia depois da mensagem da própria pessoa.',
      'As respostas são perguntadas. Com endereço a partir da internet escolha “A Twilio chama-nos”: assim uma resposta deslizada também diz a que mensagem responde.',
    ],
    es: [
      'Para probar: Messaging, Try it out, Send a WhatsApp message. Cada persona envía las palabras join al número del sandbox; termina a los tres días.',
      'En serio: Messaging, Senders, WhatsApp senders: registre un número y haga aprobar una plantilla con una variable (Content Template Builder).',
      'Escriba Account SID, Auth Token, el número y la plantilla (HX…). WhatsApp solo acepta texto libre hasta un día después del mensaje de la propia persona.',
      'Las respuestas se preguntan. Con dirección desde internet elija “Twilio nos llama”: así una respuesta deslizada dice también a qué mensaje responde.',
    ],
  },
  whatsapp: {
    en: [
      'This way needs an address from the internet (https): Meta brings answers by calling it. Without one use Telegram, SMS or Twilio.',
      'developers.facebook.com, My Apps, Create App, Business; add the product WhatsApp. API Setup: copy the Phone number ID (not the number).',
      'Business settings, System users: make one, give it the app and the WhatsApp account, generate a token that never expires with whatsapp_business_messaging.',
      'App settings, Basic: copy the App secret. Choose a verify token of your own; save all of it here first.',
      'WhatsApp, Configuration, Webhook: the address below, the same verify token, subscribe to “messages”.',
      'WhatsApp Manager, Message templates: a utility template with one variable in its body; enter its name and language.',
    ],
    pt: [
      'Este caminho precisa de um endereço a partir da internet (https): a Meta traz as respostas chamando-o. Sem isso use Telegram, SMS ou Twilio.',
      'developers.facebook.com, My Apps, Create App, Business; junte o produto WhatsApp. API Setup: copie o Phone number ID (não o número).',
      'Business settings, System users: crie um, dê-lhe a aplicação e a conta WhatsApp, gere uma chave que não expira com whatsapp_business_messaging.',
      'App settings, Basic: copie o App secret. Escolha uma palavra de verificação sua; guarde tudo aqui primeiro.',
      'WhatsApp, Configuration, Webhook: o endereço abaixo, a mesma palavra, subscreva “messages”.',
      'WhatsApp Manager, Message templates: um modelo utilitário com uma variável no corpo; escreva o nome e a língua.',
    ],
    es: [
      'Este camino necesita una dirección desde internet (https): Meta trae las respuestas llamándola. Sin ella use Telegram, SMS o Twilio.',
      'developers.facebook.com, My Apps, Create App, Business; añada el producto WhatsApp. API Setup: copie el Phone number ID (no el número).',
      'Business settings, System users: cree uno, dele la aplicación y la cuenta de WhatsApp, genere un testigo que no caduque con whatsapp_business_messaging.',
      'App settings, Basic: copie el App secret. Elija una palabra de verificación suya; guárdelo todo aquí primero.',
      'WhatsApp, Configuration, Webhook: la dirección de abajo, la misma palabra, suscriba “messages”.',
      'WhatsApp Manager, Message templates: una plantilla de utilidad con una variable en el cuerpo; escriba su nombre e idioma.',
    ],
  },
}

/** @returns the steps in the language of the reader; empty for a channel that has none */
export function setupSteps(channel: string, language: Language): readonly string[] {
  return STEPS[channel]?.[language] ?? []
}

// SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two relays of the npm package smtp-server on loopback: one for STARTTLS, one for implicit TLS.
// One line of JSON on standard input configures them. Standard output gets one line: their ports. The file
// that the settings name gets a line of JSON for each event, before its reply is sent. They end with standard
// input.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SMTPServer } from 'smtp-server';

const domain = (address) => address.slice(address.lastIndexOf('@') + 1);
const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

function isRight(auth, { username, password, token }) {
  if (auth.method === 'XOAUTH2') return auth.username === username && auth.accessToken === token;
  if (auth.method === 'CRAM-MD5') return auth.username === username && auth.validatePassword(password);
  return auth.username === username && auth.password === password;
}

function serve(settings, secure) {
  const putOff = new Set();
  const note = (event) => appendFileSync(settings.events, JSON.stringify(event) + '\n');
  const server = new SMTPServer({
    name: 'npm.example.org',
    secure,
    key: settings.key,
    cert: settings.certificate,
    size: settings.size,
    authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'],
    disableReverseLookup: true,
    onAuth(auth, session, done) {
      const right = isRight(auth, settings);
      note({ event: 'auth', method: auth.method, username: auth.username, right });
      if (right) return done(null, { user: auth.username });
      const answer = { status: '401', schemes: 'bearer mac', scope: 'https://mail.example.org/' };
      return auth.method === 'XOAUTH2'
        ? done(null, { data: answer })
        : done(refusal(535, '5.7.8 Invalid username or password'));
    },
    onMailFrom({ address }, session, done) {
      done(domain(address) === 'refused.example' ? refusal(550, '5.7.1 Sender not allowed') : null);
    },
    onRcptTo({ address }, session, done) {
      if (domain(address) === 'unknown.example') return done(refusal(550, '5.1.1 No such user'));
      if (domain(address) !== 'greylisted.example' || putOff.has(address)) return done();
      putOff.add(address);
      return done(refusal(451, '4.7.1 Greylisted, come back later'));
    },
    onData(stream, session, done) {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(refusal(552, '5.3.4 Message exceeds the fixed size limit'));
        const to = session.envelope.rcptTo.map((recipient) => recipient.address);
        const content = Buffer.concat(chunks).toString('base64');
        note({ event: 'message', to, content, user: session.user ?? null, secure: session.secure });
        return done();
      });
    },
  });
  // A client that goes away in the middle of a handshake is what some tests are about.
  server.on('error', (error) => note({ event: 'error', text: error.message }));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.server.address().port));
  });
}

const lines = createInterface({ input: process.stdin });
lines.once('line', async (line) => {
  const settings = JSON.parse(line);
  const ports = { starttls: await serve(settings, false), tls: await serve(settings, true) };
  process.stdout.write(JSON.stringify(ports) + '\n');
});
lines.once('close', () => process.exit(0));

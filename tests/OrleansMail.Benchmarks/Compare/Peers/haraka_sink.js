'use strict';
// A durable receiver on Haraka: takes every recipient; one file per message, file and directory synced before the 250.
// Prints the address once a process listens.
const fs = require('node:fs/promises');
const path = require('node:path');

const folder = path.join(process.env.HARAKA, 'mail');
let directory;

exports.register = function () {
    this.register_hook('init_child', 'listening');
    this.register_hook('lookup_rdns', 'name');
    this.register_hook('rcpt', 'take');
    this.register_hook('queue', 'store');
};

exports.listening = function (next) {
    console.log(`  SMTP    ${this.config.get('smtp.ini').main.listen}`);
    next();
};

exports.name = (next) => next(OK, 'localhost');

exports.take = (next) => next(OK);

exports.store = (next, connection) => {
    const { message_stream, uuid } = connection.transaction;
    message_stream.get_data((content) => {
        write(path.join(folder, uuid), content).then(() => next(OK), (error) => next(DENYSOFT, error.message));
    });
};

async function write(name, content) {
    const file = await fs.open(name, 'wx');
    try {
        await file.writeFile(content);
        await file.sync();
    } finally {
        await file.close();
    }
    directory ??= fs.open(folder, 'r');
    await (await directory).sync();
}

'use strict';
// A durable receiver on Haraka: takes every recipient; one file per message, file and directory synced before the 250.
// Prints the address once it listens.
const fs = require('node:fs/promises');
const path = require('node:path');

const folder = path.join(process.env.HARAKA, 'mail');
let directory;

exports.register = function () {
    this.register_hook('init_master', 'say_where');
    this.register_hook('lookup_rdns', 'name_client');
    this.register_hook('rcpt', 'take_all');
    this.register_hook('queue', 'store');
};

exports.say_where = function (next) {
    // In a plugin's context the console prints nothing.
    process.stdout.write(`  SMTP    ${this.config.get('smtp.ini').main.listen}\n`);
    next();
};

exports.name_client = (next, connection) => {
    // Else each reply of a pipelined group waits for the client's delayed acknowledgement: 40 ms of nothing.
    connection.client.targetsocket.setNoDelay(true);
    next(OK, 'localhost');
};

exports.take_all = (next) => next(OK);

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

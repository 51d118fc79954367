import type { ConsumeMessage } from 'amqplib';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { RabbitMqEvent as AsTheFunctionSeesIt } from '../../lambdas/metadata/index.ts';
import { type RabbitMqEvent, rabbitMqEvent, rabbitMqRecord } from './event.ts';

/** A message as amqplib delivers it. */
function message(content: string, properties: object = {}, redelivered = false): ConsumeMessage {
  return {
    content: Buffer.from(content),
    fields: { deliveryTag: 1, redelivered, exchange: 'reelight', routingKey: 'video.uploaded', consumerTag: 'x' },
    properties: { headers: {}, ...properties } as ConsumeMessage['properties'],
  };
}

const source = {
  arn: 'arn:aws:mq:us-west-2:112556298976:broker:test:b-9bcfa592-423a-4942-879d-eb284b418fc8',
  queue: 'test',
  virtualHost: '/',
};

describe('the event', () => {
  it('is the one that AWS documents', () => {
    const body = '{"timeout":0,"data":"CZrmf0Gw8Ov4bqLQxD4E"}';
    const sent = message(body, {
      contentType: 'text/plain',
      headers: { header1: 'value1', header2: 'value2', numberInHeader: 10 },
      deliveryMode: 1,
      priority: 34,
      expiration: '60000',
      timestamp: 2021,
      userId: 'AIDACKCEVSQ6C2EXAMPLE',
    });
    expect(rabbitMqEvent(source, [rabbitMqRecord(sent)])).toEqual({
      eventSource: 'aws:rmq',
      eventSourceArn: source.arn,
      rmqMessagesByQueue: {
        'test::/': [
          {
            basicProperties: {
              contentType: 'text/plain',
              contentEncoding: null,
              headers: {
                header1: { bytes: [118, 97, 108, 117, 101, 49] },
                header2: { bytes: [118, 97, 108, 117, 101, 50] },
                numberInHeader: 10,
              },
              deliveryMode: 1,
              priority: 34,
              correlationId: null,
              replyTo: null,
              expiration: '60000',
              messageId: null,
              timestamp: 'Jan 1, 1970, 12:33:41 AM',
              type: null,
              userId: 'AIDACKCEVSQ6C2EXAMPLE',
              appId: null,
              clusterId: null,
              bodySize: body.length,
            },
            redelivered: false,
            data: 'eyJ0aW1lb3V0IjowLCJkYXRhIjoiQ1pybWYwR3c4T3Y0YnFMUXhENEUifQ==',
          },
        ],
      },
    });
  });

  it('is what the metadata function takes', () => {
    expectTypeOf<RabbitMqEvent>().toExtend<AsTheFunctionSeesIt>();
  });

  it('says that a message was delivered before', () => {
    expect(rabbitMqRecord(message('', {}, true)).redelivered).toBe(true);
  });

  it('survives bodies and headers of any bytes', () => {
    const headers = {
      text: 'é',
      raw: Buffer.from([0, 255]),
      flag: true,
      nothing: undefined,
      deaths: [{ queue: 'q', count: 2, time: { '!': 'timestamp', value: 0 } }],
      price: { '!': 'decimal', value: { digits: 314, places: 2 } },
    };
    const record = rabbitMqRecord(message('\u0000ÿ', { headers }));
    expect(Buffer.from(record.data, 'base64').toString()).toBe('\u0000ÿ');
    expect(record.basicProperties.headers).toEqual({
      text: { bytes: [-61, -87] },
      raw: [0, -1],
      flag: true,
      nothing: null,
      deaths: [{ queue: { bytes: [113] }, count: 2, time: 'Jan 1, 1970, 12:00:00 AM' }],
      price: 3.14,
    });
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });
});

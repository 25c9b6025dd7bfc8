// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.sample.messaging;

/**
 * Names that sender and receiver agree on.
 */
public final class Channels {

	/** Kafka topic and event type: an order was taken. */
	public static final String ORDER_CREATED = "order.created";

	/** RabbitMQ exchange for everything that concerns the shop. */
	public static final String SHOP_EXCHANGE = "shop";

	/** Routing key and event type: stock was reserved for an order. */
	public static final String STOCK_RESERVED = "stock.reserved";

	/** RabbitMQ queue of the shipping service. */
	public static final String SHIPPING_QUEUE = "shipping";

	/**
	 * RabbitMQ queue that keeps a copy of everything sent to shipping, to send it again.
	 */
	public static final String ARCHIVE_QUEUE = "shipping.archive";

	private Channels() {
	}

}

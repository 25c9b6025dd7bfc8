// SPDX-License-Identifier: Apache-2.0
// Copyright the idempotency project authors

package dev.idempotency.amqp;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.BlockedCallback;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ReturnCallback;
import com.rabbitmq.client.ShutdownListener;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.UnblockedCallback;
import com.rabbitmq.client.impl.LongStringHelper;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;
import org.mockito.invocation.InvocationOnMock;

import org.springframework.amqp.rabbit.connection.ConnectionFactory;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;

/**
 * A connection whose other end is driven by the test.
 */
final class FakeBroker {

	final List<FakeChannel> channels = new CopyOnWriteArrayList<>();

	final Connection connection = Mockito.mock();

	final ConnectionFactory factory = Mockito.mock();

	private final org.springframework.amqp.rabbit.connection.Connection wrapper = Mockito.mock();

	FakeBroker() {
		try {
			given(this.factory.createConnection()).willReturn(this.wrapper);
			given(this.wrapper.getDelegate()).willReturn(this.connection);
			given(this.connection.isOpen()).willReturn(true);
			given(this.connection.createChannel()).willAnswer((call) -> {
				FakeChannel channel = new FakeChannel();
				this.channels.add(channel);
				return channel.channel;
			});
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	BlockedCallback blocked() {
		ArgumentCaptor<BlockedCallback> blocked = ArgumentCaptor.captor();
		Mockito.verify(this.connection).addBlockedListener(blocked.capture(), any(UnblockedCallback.class));
		return blocked.getValue();
	}

	static ShutdownSignalException closing(int code, String text) {
		return new ShutdownSignalException(false, false,
				new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build(), null);
	}

	/**
	 * One channel; publications are counted, answers are given by the test.
	 */
	static final class FakeChannel {

		final Channel channel = Mockito.mock();

		final List<AMQP.BasicProperties> published = new CopyOnWriteArrayList<>();

		private final AtomicLong numbers = new AtomicLong(1);

		private volatile ShutdownSignalException closing;

		FakeChannel() throws IOException {
			given(this.channel.isOpen()).willAnswer((call) -> this.closing == null);
			given(this.channel.getNextPublishSeqNo()).willAnswer((call) -> this.numbers.get());
			willAnswer(this::publish).given(this.channel)
				.basicPublish(anyString(), anyString(), eq(true), any(), any());
		}

		private Object publish(InvocationOnMock call) {
			if (this.closing != null) {
				throw new AlreadyClosedException(this.closing);
			}
			this.numbers.incrementAndGet();
			this.published.add(call.getArgument(3));
			return null;
		}

		void ack(long number, boolean multiple) throws IOException {
			confirms().get(0).handle(number, multiple);
		}

		void nack(long number, boolean multiple) throws IOException {
			confirms().get(1).handle(number, multiple);
		}

		private List<ConfirmCallback> confirms() {
			ArgumentCaptor<ConfirmCallback> ack = ArgumentCaptor.captor();
			ArgumentCaptor<ConfirmCallback> nack = ArgumentCaptor.captor();
			Mockito.verify(this.channel).addConfirmListener(ack.capture(), nack.capture());
			return List.of(ack.getValue(), nack.getValue());
		}

		void giveBack(int number) {
			ArgumentCaptor<ReturnCallback> returns = ArgumentCaptor.captor();
			Mockito.verify(this.channel).addReturnListener(returns.capture());
			returns.getValue()
				.handle(new Return(312, "NO_ROUTE", "orders", "nowhere", overTheWire(this.published.get(number - 1)),
						new byte[0]));
		}

		/**
		 * What the client makes of properties it has sent: text becomes its own type.
		 */
		private static AMQP.BasicProperties overTheWire(AMQP.BasicProperties sent) {
			Map<String, Object> headers = new HashMap<>(sent.getHeaders());
			headers.replaceAll((name, value) -> LongStringHelper.asLongString(value.toString()));
			return sent.builder().headers(headers).build();
		}

		void close(ShutdownSignalException signal) {
			this.closing = signal;
			ArgumentCaptor<ShutdownListener> listener = ArgumentCaptor.captor();
			Mockito.verify(this.channel).addShutdownListener(listener.capture());
			listener.getValue().shutdownCompleted(signal);
		}

	}

}
